import type { OpenAPIHono } from '@hono/zod-openapi';
import type { Serving } from '../pipeline/serving/open-serving.ts';
import type { Database } from './database.ts';
import type { Key, KeyRing } from './keys.ts';
import type { ApiProblem } from './problem.ts';
import type { Quota, RateLimits } from './rate-limits.ts';
import type { RequestIds } from './request-ids.ts';
import type { ResponseBodies } from './response-bodies.ts';
import type { TargetUsers, Validity } from './target-users.ts';

/** A response that may be given again. */
export interface RepeatableResponse {
  readonly body: string;
  /** Null as long as the bundle is served. */
  readonly validity: Validity | null;
}

/** Values that live as long as one request. */
export interface RequestState {
  Variables: {
    requestId: string;
    /** Where the request comes from. */
    address: string;
    keys: KeyRing;
    limits: RateLimits;
    /** What the client may spend; null without a limit. */
    quota: Quota | null;
    /** Why the request is refused, whatever it asks. */
    refusal?: ApiProblem;
    /** How long the body of a request may take to arrive, milliseconds. */
    bodyMs: number;
    /** Set where the request has a key and the route asks for one. */
    key?: Key;
    /** Set where the response may be given again. */
    repeatable?: RepeatableResponse;
  };
}

export type Routes = OpenAPIHono<RequestState>;

/** What the routes use. */
export interface Api {
  readonly serving: Serving;
  /** Null where none is configured. */
  readonly database: Database | null;
  readonly bodies: ResponseBodies;
  readonly users: TargetUsers;
  readonly ids: RequestIds;
  /** The entity tag of every response that depends on the bundle only. */
  readonly tag: string;
  readonly clock: () => Date;
}
