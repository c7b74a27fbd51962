import type { z } from 'zod';
import { RequestFailure, sendRequest } from '../../lib/http-request.ts';
import { jsonOrNull } from '../../lib/json.ts';
import type { SecretMask } from './secret-mask.ts';
import { type Time, vercelRetries } from './time.ts';

/** Options for requests to Vercel's REST API. */
export interface VercelAccess {
  readonly token: string;
  /** Team of the project; null for the account of the token. */
  readonly teamId: string | null;
  /** @example https://api.vercel.com */
  readonly baseUrl: string;
  readonly fetch: typeof fetch;
  readonly time: Time;
  readonly masked: SecretMask;
  /** Timeout of one request. */
  readonly timeoutMs: number;
}

/** A failed request. The message has the method, the path and the response. */
export class VercelError extends Error {
  /** Null without a response. */
  readonly status: number | null;

  constructor(message: string, status: number | null, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.name = 'VercelError';
    this.status = status;
  }
}

interface VercelRequest<T> {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** Schema of the response. Other fields are ignored. */
  readonly schema: z.ZodType<T>;
}

/**
 * Sends a request to Vercel. It is repeated after a rate limit, a server error or a missing response, so it must be
 * idempotent.
 *
 * @throws VercelError when it is refused, or fails for about a minute.
 */
export async function callVercel<T>(access: VercelAccess, request: VercelRequest<T>): Promise<T> {
  const { method, path, query = {}, body, schema } = request;
  const what = `${method} ${path}`;
  const url = new URL(path, access.baseUrl);
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  if (access.teamId !== null) url.searchParams.set('teamId', access.teamId);
  const { status, isOk, text } = await sendRequest({
    url,
    init: {
      method,
      headers: { authorization: `Bearer ${access.token}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    },
    fetch: access.fetch,
    timeoutMs: access.timeoutMs,
    retry: vercelRetries(access.time),
    read: async (response) => ({
      status: response.status,
      isOk: response.ok,
      text: await response.text(),
    }),
  }).catch((error: unknown) => {
    if (!(error instanceof RequestFailure)) throw error;
    const reason =
      error.status === null
        ? `Vercel did not answer ${what}: ${error.message}`
        : `Vercel answered ${error.status} to ${what}`;
    throw new VercelError(reason, error.status, { cause: error.cause });
  });
  const content = text === '' ? {} : jsonOrNull(text);
  if (!isOk) {
    const message = access.masked.hide(messageIn(content));
    const detail = message === '' ? '' : `: ${message}`;
    throw new VercelError(`Vercel answered ${status} to ${what}${detail}`, status);
  }
  const result = schema.safeParse(content);
  if (result.success) return result.data;
  const fields = result.error.issues.map(({ path: at }) => at.join('.') || 'the whole response').join(', ');
  throw new VercelError(`Vercel gave an unknown response to ${what}, invalid: ${fields}`, status);
}

/** Like `callVercel`, but returns null for status 404. */
export async function findInVercel<T>(access: VercelAccess, request: VercelRequest<T>): Promise<T | null> {
  try {
    return await callVercel(access, request);
  } catch (error) {
    if (error instanceof VercelError && error.status === 404) return null;
    throw error;
  }
}

function messageIn(content: unknown): string {
  const { error } = (content ?? {}) as { error?: { message?: unknown } };
  return typeof error?.message === 'string' ? error.message.slice(0, 300) : '';
}
