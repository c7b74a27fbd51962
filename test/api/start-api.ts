import type { Routes } from '../../api/api.ts';
import { createApp } from '../../api/app.ts';
import type { Database } from '../../api/database.ts';
import type { Log, RequestLine } from '../../api/log.ts';
import { sha256 } from '../../pipeline/lib/digest.ts';
import { openServing, type Serving } from '../../pipeline/serving/open-serving.ts';
import type { ServingFiles } from '../../pipeline/serving/serving-files.ts';
import { DEFAULT_RIGHTS } from '../../pipeline/store/api-keys.ts';
import { NOW } from '../support/serving.ts';
import { memoryDatabase } from './memory-database.ts';

export interface TestApi {
  readonly app: Routes;
  /** What was logged of each request, in order. */
  readonly lines: readonly RequestLine[];
  readonly failures: readonly { readonly error: unknown; readonly context: object }[];
  get(address: string, headers?: Readonly<Record<string, string>>): Promise<Response>;
  /** Sends a value as JSON; a string and a stream as they are. */
  post(address: string, body: unknown, headers?: Readonly<Record<string, string>>): Promise<Response>;
  setTime(iso: string): void;
  now(): Date;
}

const READER = 'cm_reader-of-the-tests';

/** The same database with one key more. */
function withReader(database: Database): Database {
  const reader = { name: 'reader', sha256: sha256(READER), ...DEFAULT_RIGHTS };
  return { ...database, validKeys: async () => [...(await database.validKeys()), reader] };
}

/** The API in this process, with a clock that tests set and ids that count. */
export function startApi({
  serving,
  database = null,
  isKeyed = false,
  bodyMs,
  log,
}: {
  /** Null is a bundle that could not be opened. */
  readonly serving: Serving | ServingFiles | null;
  readonly database?: Database | null;
  /** Whether every request has a key that may read and write for all users, unless it has another. */
  readonly isKeyed?: boolean;
  readonly bodyMs?: number;
  /** Is told as well. */
  readonly log?: Log;
}): TestApi {
  let now = NOW;
  let [requests, milliseconds] = [0, 0];
  const standing = isKeyed ? { authorization: `Bearer ${READER}` } : {};
  const lines: RequestLine[] = [];
  const failures: { error: unknown; context: object }[] = [];
  const app = createApp({
    serving: serving !== null && 'files' in serving ? openServing(serving.files, 'model v3') : serving,
    database: isKeyed ? withReader(database ?? memoryDatabase()) : database,
    clock: () => now,
    stopwatch: () => (milliseconds += 0.5),
    newRequestId: () => `request-${++requests}`,
    addressOf: (c) => c.req.header('x-test-address') ?? '192.0.2.1',
    ...(bodyMs === undefined ? {} : { bodyMs }),
    log: {
      request: (line) => {
        lines.push(line);
        log?.request(line);
      },
      failure: (error, context) => {
        failures.push({ error, context });
        log?.failure(error, context);
      },
    },
  });
  return {
    app,
    lines,
    failures,
    get: async (address, headers = {}) => app.request(address, { headers: { ...standing, ...headers } }),
    post: async (address, body, headers = {}) =>
      app.request(address, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...standing, ...headers },
        ...(body instanceof ReadableStream
          ? { body, duplex: 'half' }
          : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      }),
    setTime: (iso) => {
      now = new Date(iso);
    },
    now: () => now,
  };
}

/** The body of a good answer. */
// biome-ignore lint/suspicious/noExplicitAny: it is held against the document elsewhere.
export async function good(answer: Promise<Response>): Promise<any> {
  const response = await answer;
  const body = await response.text();
  if (!response.ok) throw new Error(`${response.status}: ${body}`);
  return JSON.parse(body);
}
