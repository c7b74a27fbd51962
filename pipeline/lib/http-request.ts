import { type RetryPolicy, withRetries } from './retry.ts';

/**
 * A failed request that may succeed later: there was no response, or one with a transient status. The message is the
 * reason without the URL: `the server answered 503`, `no response within 20 s`.
 */
export class RequestFailure extends Error {
  /** Null when there was no response. */
  readonly status: number | null;
  /** The pause that the response requests, in seconds; null when it requests none. */
  readonly retryAfter: number | null;

  constructor(
    message: string,
    {
      status = null,
      retryAfter = null,
      cause,
    }: { readonly status?: number | null; readonly retryAfter?: number | null; readonly cause?: unknown },
  ) {
    super(message, { cause });
    this.name = 'RequestFailure';
    this.status = status;
    this.retryAfter = retryAfter;
  }
}

export interface HttpRequest<T> {
  readonly url: string | URL;
  readonly init?: RequestInit;
  /** @default the global fetch */
  readonly fetch?: typeof globalThis.fetch;
  /** Time limit for the response with its body. @default Node fails when nothing arrives for five minutes */
  readonly timeoutMs?: number;
  readonly retry: RetryPolicy;
  /** Whether the request is sent again after a status. @default 408, 429 and 5xx except 501 and 505 */
  readonly isTransient?: (status: number) => boolean;
  /** Reads any other response. */
  readonly read: (response: Response) => Promise<T>;
}

/**
 * Sends a request, and sends it again after a failed connection or a transient status. The request must be idempotent.
 *
 * @throws RequestFailure when the last attempt failed; errors of `read` are thrown unchanged.
 */
export function sendRequest<T>(request: HttpRequest<T>): Promise<T> {
  return withRetries(request.retry, () => sendOnce(request), afterRequestFailure);
}

async function sendOnce<T>(request: HttpRequest<T>): Promise<T> {
  const { url, init, fetch = globalThis.fetch, timeoutMs, isTransient = isTransientStatus, read } = request;
  const signal = timeoutMs === undefined ? null : AbortSignal.timeout(timeoutMs);
  try {
    const response = await fetch(url, { ...init, signal });
    if (!isTransient(response.status)) return await read(response);
    const { status, headers } = response;
    await response.body?.cancel();
    throw new RequestFailure(`the server answered ${status}`, {
      status,
      retryAfter: retryAfterSeconds(headers),
    });
  } catch (cause) {
    const reason = connectionProblem(cause, timeoutMs);
    throw reason === null ? cause : new RequestFailure(reason, { cause });
  }
}

/** For `withRetries`: a `RequestFailure` is retried, after the pause that the response requests. */
export const afterRequestFailure = (error: unknown): number | null =>
  error instanceof RequestFailure ? (error.retryAfter ?? 0) : null;

/**
 * The pause that a response requests in `Retry-After`, in seconds (RFC 9110, 10.2.3). A date is compared with the header
 * `Date`, the clock of the server.
 *
 * @returns null when there is no valid `Retry-After`.
 */
export function retryAfterSeconds(headers: Pick<Headers, 'get'>): number | null {
  const value = headers.get('retry-after')?.trim() ?? '';
  if (/^\d+$/.test(value)) return Number(value);
  if (!value.endsWith(' GMT')) return null;
  const seconds = (Date.parse(value) - Date.parse(headers.get('date') ?? '')) / 1000;
  return Number.isNaN(seconds) ? null : Math.max(seconds, 0);
}

/** 501 (unknown method) and 505 (unknown HTTP version) are permanent. */
const isTransientStatus = (status: number): boolean =>
  status === 408 || status === 429 || (status >= 500 && status !== 501 && status !== 505);

const REASONS: readonly (readonly [codes: RegExp, words: string])[] = [
  [/^ECONNREFUSED$/, 'the server refused the connection'],
  [/^(ENOTFOUND|EAI_AGAIN)$/, 'the host name was not found'],
  [/^(ETIMEDOUT|UND_ERR_CONNECT_TIMEOUT)$/, 'the server did not accept the connection in time'],
  [/^(ECONNRESET|EPIPE|UND_ERR_SOCKET)$/, 'the connection was closed'],
  [/^UND_ERR_(HEADERS|BODY)_TIMEOUT$/, 'nothing arrived for too long'],
  [/CERT|SELF_SIGNED|UNABLE_TO_|ERR_TLS/, 'the certificate of the server is not trusted'],
];

/**
 * The reason why there is no complete response. It depends on the code of the error, whose message may quote the URL.
 *
 * @returns null for an error that the connection did not cause.
 */
function connectionProblem(error: unknown, timeoutMs: number | undefined): string | null {
  const { name, message, cause } = error as Error & { readonly cause?: { readonly code?: unknown } };
  if (name === 'TimeoutError' && timeoutMs !== undefined) return `no response within ${timeoutMs / 1000} s`;
  // `fetch` throws these errors before the response and while its body arrives.
  if (!(error instanceof TypeError) || !/^(fetch failed|terminated)$/.test(message)) return null;
  const code = cause?.code;
  if (typeof code !== 'string') return 'the connection failed';
  return `${REASONS.find(([codes]) => codes.test(code))?.[1] ?? 'the connection failed'} (${code})`;
}
