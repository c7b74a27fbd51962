import { type ErrorCode, OperatorError } from '../../lib/errors.ts';
import { retryAfterSeconds } from '../../lib/http-request.ts';
import { neededPermission } from './permissions.ts';

/** A request that GitHub refused or did not answer, in words for people. */
export class GithubFailure extends OperatorError {
  /** Whether what was asked for may have been done all the same, so that only a look can tell. */
  readonly mayHaveHappened: boolean;

  constructor(code: ErrorCode, message: string, remedy: string, mayHaveHappened: boolean, cause?: unknown) {
    super(code, message, remedy, { cause });
    this.mayHaveHappened = mayHaveHappened;
  }
}

/** What Octokit throws for an answer of 400 or more, and with status 500 and no `response` for no answer. */
interface RequestError extends Error {
  readonly status: number;
  readonly request: { readonly method: string; readonly url: string };
  readonly response?: { readonly headers: Readonly<Record<string, string | undefined>> };
}

const isRequestError = (error: unknown): error is RequestError =>
  error instanceof Error && 'status' in error && 'request' in error;

/** GitHub answers too many requests with either status; a 403 without these signs is about permissions. */
function isLimit({ status, message, response }: RequestError): boolean {
  if (status === 429) return true;
  return (
    status === 403 && (/\brate limit\b/i.test(message) || response?.headers['x-ratelimit-remaining'] === '0')
  );
}

/**
 * Says what became of a request. Headers and bodies stay out of it, for a token or a person's data may be in
 * them.
 *
 * @param now for when to try again after a limit.
 * @returns anything that is no failed request as it is.
 */
export function explain(error: unknown, now: Date): unknown {
  if (!isRequestError(error)) return error;
  const { status, message, response } = error;
  const { pathname } = new URL(error.request.url);
  const method = error.request.method.toUpperCase();
  const said = `${method} ${pathname}: GitHub says ${status} ${message}`.replace(/\.?$/, '.');
  if (response === undefined) {
    return new GithubFailure(
      'forge-unavailable',
      `${method} ${pathname}: no answer came, or only a part of it (${message}).`,
      'See https://www.githubstatus.com and run this again: what is done already is not done twice.',
      true,
      error.cause,
    );
  }
  if (isLimit(error)) {
    return new GithubFailure(
      'forge-unavailable',
      said,
      `Run this again ${whenToTryAgain(response.headers, now)}.`,
      false,
    );
  }
  if (status === 410 && /disabled/i.test(message)) {
    return new GithubFailure(
      'forge-denied',
      said,
      'Switch issues on: Settings → General → Features → Issues. A fork begins without them.',
      false,
    );
  }
  if (status === 401 || status === 403) {
    const permission = neededPermission(method, pathname, response.headers['x-accepted-github-permissions']);
    return new GithubFailure(
      'forge-denied',
      `${said} The token needs the permission ${permission}.`,
      `Give the job ${permission} under "permissions:" in its workflow file, or a token of your own that permission. The run of a pull request from a fork may only read.`,
      false,
    );
  }
  if (status === 404 || status === 410) {
    return new GithubFailure(
      'forge-missing',
      said,
      'See whether it exists. A token that may not see a private repository gets the same answer.',
      false,
    );
  }
  if (status === 409 || status === 422) {
    return new GithubFailure(
      'forge-conflict',
      said,
      'See on GitHub what is there already, and run this again.',
      /already_exists/.test(message),
    );
  }
  return new GithubFailure(
    'forge-unavailable',
    said,
    'See https://www.githubstatus.com and run this again: what is done already is not done twice.',
    status >= 500,
  );
}

function whenToTryAgain(headers: Readonly<Record<string, string | undefined>>, now: Date): string {
  const seconds = retryAfterSeconds({ get: (name) => headers[name] ?? null });
  const reset = Number(headers['x-ratelimit-reset'] ?? Number.NaN);
  const time = seconds === null ? reset * 1000 : now.getTime() + seconds * 1000;
  return Number.isFinite(time) ? `after ${new Date(time).toISOString()}` : 'in some minutes';
}

/** What `answer` gives, or null when GitHub knows nothing there. */
export async function unlessMissing<T>(answer: Promise<T>): Promise<T | null> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof OperatorError && error.code === 'forge-missing') return null;
    throw error;
  }
}
