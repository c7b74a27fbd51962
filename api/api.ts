import type { OpenAPIHono } from '@hono/zod-openapi';
import type { Serving } from '../pipeline/serving/open-serving.ts';
import type { Answers } from './answers.ts';
import type { Database } from './database.ts';

/** What is kept for the length of one request. */
export interface RequestState {
  Variables: {
    requestId: string;
    /** The body of an answer that stays the same as long as the bundle does. */
    lasting?: string;
  };
}

export type Routes = OpenAPIHono<RequestState>;

/** What every route answers from. */
export interface Api {
  readonly serving: Serving;
  /** Null where there is none. */
  readonly database: Database | null;
  readonly answers: Answers;
  /** The entity tag of every answer that depends on the bundle alone. */
  readonly tag: string;
  readonly clock: () => Date;
}
