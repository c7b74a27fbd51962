import type { Context, TypedResponse } from 'hono';
import { LRUCache } from 'lru-cache';
import type { RequestState } from './api.ts';

/** An answer that stays the same as long as the bundle does. */
export interface KeptAnswer {
  readonly body: string;
  /** All but the request's id. */
  readonly headers: Readonly<Record<string, string>>;
  readonly route: string;
}

/** Bytes of answers that are kept. */
const MOST_BYTES = 32 * 1024 * 1024;
/** What an answer takes beside its body, roughly. */
const OVERHEAD = 1_024;
/** What changes an answer besides its address. */
const CHANGES = ['if-none-match', 'origin'] as const;

/**
 * The answers that were asked for last, by address. Of one bundle every address has one answer, so whoever asks for it
 * again gets the same bytes without anything being worked out.
 */
export class KeptAnswers {
  readonly #answers = new LRUCache<string, KeptAnswer>({
    maxSize: MOST_BYTES,
    sizeCalculation: ({ body }, address) => 2 * (body.length + address.length) + OVERHEAD,
  });

  get(c: Context<RequestState>): KeptAnswer | undefined {
    return isPlain(c) ? this.#answers.get(addressOf(c)) : undefined;
  }

  /** Keeps what was just answered, where it is one of those that last. */
  keep(c: Context<RequestState>, route: string): void {
    const body = c.get('lasting');
    if (body === undefined || c.res.status !== 200 || !isPlain(c)) return;
    const { 'x-request-id': _, ...headers } = Object.fromEntries(c.res.headers);
    this.#answers.set(addressOf(c), { body, headers, route });
  }
}

function isPlain(c: Context<RequestState>): boolean {
  return c.req.method === 'GET' && CHANGES.every((name) => c.req.header(name) === undefined);
}

function addressOf({ req: { url } }: Context<RequestState>): string {
  return url.slice(url.indexOf('/', url.indexOf('://') + 3));
}

/** Answers with JSON that depends on the address and the bundle alone. */
export function lasting<T>(c: Context<RequestState>, value: T): Response & TypedResponse<T, 200, 'json'> {
  const text = JSON.stringify(value);
  c.set('lasting', text);
  const response: Response = c.body(text, 200, { 'content-type': 'application/json' });
  return response as Response & TypedResponse<T, 200, 'json'>;
}
