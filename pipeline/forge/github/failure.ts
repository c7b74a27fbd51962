import { type ErrorCode, OperatorError } from '../../lib/errors.ts';
import { retryAfterSeconds } from '../../lib/http-request.ts';
import { neededPermission } from './permissions.ts';

/** The error of a request that GitHub refused or did not answer. */
export class GithubFailure extends OperatorError {
  /** Whether the request may have succeeded, so that the state must be read. */
  readonly mayHaveHappened: boolean;

  constructor(code: ErrorCode, message: string, remedy: string, mayHaveHappened: boolean, cause?: unknown) {
    super(code, message, remedy, { cause });
    this.mayHaveHappened = mayHaveHappened;
  }
}

/** Octokit's error for status 400 or more. Without a response it has status 500 and no `response`. */
interface RequestError extends Error {
  readonly status: number;
  readonly request: { readonly method: string; readonly url: string };
  readonly response?: { readonly headers: Readonly<Record<string, string | undefined>> };
}

const isRequestError = (error: unknown): error is RequestError =>
  error instanceof Error && 'status' in error && 'request' in error;

/** Whether the error is a rate limit, with status 429 or 403. Other errors with 403 are about permissions. */
function isLimit({ status, message, response }: RequestError): boolean {
  if (status === 429) return true;
  return (
    status === 403 && (/\brate limit\b/i.test(message) || response?.headers['x-ratelimit-remaining'] === '0')
  );
}

const TRY_AGAIN = 'Check https://www.githubstatus.com and run this again. Completed steps are not repeated.';

/**
 * Converts the error of a request to a `GithubFailure`. The message has no headers or bodies, because they may have a
 * token or personal data.
 *
 * @param now for the time of the next attempt after a limit.
 * @returns other errors unchanged.
 */
export function toGithubFailure(error: unknown, now: Date): unknown {
  if (!isRequestError(error)) return error;
  const { status, message, response } = error;
  const { pathname } = new URL(error.request.url);
  const method = error.request.method.toUpperCase();
  const said = `${method} ${pathname}: GitHub says ${status} ${message}`.replace(/\.?$/, '.');
  const failure = (
    code: ErrorCode,
    remedy: string,
    {
      text = said,
      mayHaveHappened = false,
      cause,
    }: { text?: string; mayHaveHappened?: boolean; cause?: unknown } = {},
  ): GithubFailure => new GithubFailure(code, text, remedy, mayHaveHappened, cause);
  if (response === undefined) {
    const text = `${method} ${pathname}: there was no response, or an incomplete one (${message}).`;
    return failure('forge-unavailable', TRY_AGAIN, { text, mayHaveHappened: true, cause: error.cause });
  }
  const { headers } = response;
  if (isLimit(error)) return failure('forge-unavailable', `Run this again ${whenToTryAgain(headers, now)}.`);
  if (status === 410 && /disabled/i.test(message)) {
    return failure(
      'forge-denied',
      'Enable issues: Settings → General → Features → Issues. They are disabled in a new fork.',
    );
  }
  if (status === 401 || status === 403) {
    const permission = neededPermission(method, pathname, headers['x-accepted-github-permissions']);
    return failure(
      'forge-denied',
      `Add ${permission} to "permissions:" of the job in its workflow file, or use your own token with this permission. Runs for pull requests from forks can only read.`,
      { text: `${said} The token needs the permission ${permission}.` },
    );
  }
  if (status === 404 || status === 410) {
    return failure(
      'forge-missing',
      'Check that it exists. A token without access to a private repository gets the same response.',
    );
  }
  if (status === 409 || status === 422) {
    const mayHaveHappened = /already_exists/.test(message);
    return failure('forge-conflict', 'Check on GitHub what already exists, and run this again.', {
      mayHaveHappened,
    });
  }
  return failure('forge-unavailable', TRY_AGAIN, { mayHaveHappened: status >= 500 });
}

function whenToTryAgain(headers: Readonly<Record<string, string | undefined>>, now: Date): string {
  const seconds = retryAfterSeconds({ get: (name) => headers[name] ?? null });
  const reset = Number(headers['x-ratelimit-reset'] ?? Number.NaN);
  const time = seconds === null ? reset * 1000 : now.getTime() + seconds * 1000;
  return Number.isFinite(time) ? `after ${new Date(time).toISOString()}` : 'in some minutes';
}

/** The result of a request, or null for `forge-missing`. */
export async function unlessNotFound<T>(answer: Promise<T>): Promise<T | null> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof OperatorError && error.code === 'forge-missing') return null;
    throw error;
  }
}
