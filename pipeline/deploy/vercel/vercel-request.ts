import type { z } from 'zod';
import { RequestFailure, sendRequest } from '../../lib/http-request.ts';
import type { Masked } from './masked.ts';
import { type Time, vercelRetries } from './time.ts';

/** How Vercel's REST interface is reached. */
export interface VercelAccess {
  readonly token: string;
  /** Whose the project is; null for the token's own account. */
  readonly teamId: string | null;
  /** @example https://api.vercel.com */
  readonly baseUrl: string;
  readonly fetch: typeof fetch;
  readonly time: Time;
  readonly masked: Masked;
  /** How long one request may take. */
  readonly timeoutMs: number;
}

/** An answer that says no, or none at all. The message has method, path and what was answered. */
export class VercelError extends Error {
  /** Null when nothing was answered. */
  readonly status: number | null;

  constructor(message: string, status: number | null, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.name = 'VercelError';
    this.status = status;
  }
}

interface Asked<T> {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** What the answer must be; other fields are left aside. */
  readonly answer: z.ZodType<T>;
}

/**
 * Asks Vercel. A request that met a limit, a fault of the server or no answer is repeated; whatever it changes has
 * to stand being done twice.
 *
 * @throws VercelError when it is refused, or fails for about a minute.
 */
export async function askVercel<T>(access: VercelAccess, asked: Asked<T>): Promise<T> {
  const { method, path, query = {}, body, answer } = asked;
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
    const happened =
      error.status === null
        ? `Vercel did not answer ${what}: ${error.message}`
        : `Vercel answered ${error.status} to ${what}`;
    throw new VercelError(happened, error.status, { cause: error.cause });
  });
  const content = jsonOf(text);
  if (!isOk) {
    const said = access.masked.hide(messageIn(content));
    throw new VercelError(`Vercel answered ${status} to ${what}${said === '' ? '' : `: ${said}`}`, status);
  }
  const result = answer.safeParse(content);
  if (result.success) return result.data;
  const fields = result.error.issues.map(({ path: at }) => at.join('.') || 'the whole').join(', ');
  throw new VercelError(`Vercel answered something unknown to ${what}, wrong in ${fields}`, status);
}

/** The same, where there may be nothing: null for an answer of 404. */
export async function findAtVercel<T>(access: VercelAccess, asked: Asked<T>): Promise<T | null> {
  try {
    return await askVercel(access, asked);
  } catch (error) {
    if (error instanceof VercelError && error.status === 404) return null;
    throw error;
  }
}

function jsonOf(text: string): unknown {
  try {
    return text === '' ? {} : JSON.parse(text);
  } catch {
    return null;
  }
}

function messageIn(content: unknown): string {
  const { error } = (content ?? {}) as { error?: { message?: unknown } };
  return typeof error?.message === 'string' ? error.message.slice(0, 300) : '';
}
