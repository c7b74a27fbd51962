import { setTimeout as sleep } from 'node:timers/promises';
import { getOctokit } from '@actions/github';
import { defaults } from '@actions/github/lib/utils';
import { retry } from '@octokit/plugin-retry';
import { type ThrottlingOptions, throttling } from '@octokit/plugin-throttling';
import { bufferedFetch } from './buffered-fetch.ts';
import { GithubFailure, toGithubFailure } from './failure.ts';

export interface GithubOptions {
  readonly token: string;
  readonly repository: { readonly owner: string; readonly repo: string };
  /** `https://api.github.com`, or the API of another server. */
  readonly apiUrl: string;
  /** Commit or branch of deployments. */
  readonly ref: string;
  /** The branch of dispatched workflows and trusted artifacts. */
  readonly defaultBranch: string;
  readonly clock: () => Date;
  /** Called with a message such as "GitHub asks to wait 60 s (secondary rate limit) …". */
  readonly onWait?: (message: string) => void;
  readonly retry?: {
    /**
     * Pause before the first retry; later pauses are 4 and 9 times as long. It also replaces each second of the waits that
     * GitHub asks for, so that tests do not wait.
     *
     * @default 1000
     */
    readonly firstDelayMs: number;
  };
}

export type Octokit = ReturnType<typeof getOctokit>;

export interface Connection {
  readonly octokit: Octokit;
  /** The repository, a parameter of every call. */
  readonly at: { readonly owner: string; readonly repo: string };
  readonly options: GithubOptions;
  /** Disables retries, for requests that are not idempotent. */
  readonly once: { readonly request: { readonly retries: 0 } };
  /** Runs work after all earlier work, so that this process creates nothing twice. */
  inTurn<T>(work: () => Promise<T>): Promise<T>;
  /**
   * Returns the result of `find`, or otherwise of `create`. If it is unknown whether `create` succeeded, calls `find`
   * again before the next attempt.
   */
  createOnce<T>(find: () => Promise<T | null>, create: () => Promise<T>): Promise<T>;
  /** Waits after attempt 1, 2, …. */
  pause(tries: number): Promise<void>;
}

/** Maximum attempts of a rate-limited request, and of a creation with an unknown result. */
export const TRIES = 5;
/** Repetitions of an idempotent request that GitHub did not answer or answered with a server error. */
const RETRIES = 3;
/** A longer wait ends the run. */
const MAX_WAIT_S = 900;

/** Connects an Octokit that respects rate limits, retries idempotent requests, and throws an OperatorError. */
export function connectGithub(options: GithubOptions): Connection {
  const { token, repository, apiUrl, clock, onWait } = options;
  const second = options.retry?.firstDelayMs ?? 1000;
  const waitFor =
    (limit: string): ThrottlingOptions['onRateLimit'] & object =>
    (seconds, { method, url }, _octokit, repetitions) => {
      if (repetitions + 1 >= TRIES || seconds > MAX_WAIT_S) return false;
      const path = url.replace(/^https?:\/\/[^/]+|\?.*$/g, '');
      onWait?.(`GitHub asks to wait ${seconds} s (${limit}) before ${method} ${path}.`);
      return true;
    };
  const octokit = getOctokit(
    token,
    {
      baseUrl: apiUrl,
      request: { fetch: bufferedFetch(defaults.request?.fetch) },
      retry: {
        retries: RETRIES,
        retryAfterBaseValue: second,
        // The throttling plugin handles 429.
        doNotRetry: [400, 401, 403, 404, 409, 410, 422, 429, 451],
      },
      throttle: {
        // The plugin uses this key to count running requests in the process.
        id: apiUrl,
        retryAfterBaseValue: second,
        onRateLimit: waitFor('rate limit'),
        onSecondaryRateLimit: waitFor('secondary rate limit'),
        ...(needsPacing(apiUrl) ? {} : { write: UNPACED, notifications: UNPACED }),
      },
    },
    retry,
    throttling,
  );
  octokit.hook.error('request', (error) => {
    throw toGithubFailure(error, clock());
  });

  const pause = (tries: number): Promise<void> => sleep(tries ** 2 * second);
  let queue: Promise<unknown> = Promise.resolve();
  return {
    octokit,
    at: repository,
    options,
    once: { request: { retries: 0 } },
    inTurn: (work) => {
      const turn = queue.then(work);
      queue = turn.catch(() => undefined);
      return turn;
    },
    createOnce: async (find, create) => {
      for (let tries = 1; ; tries++) {
        const found = await find();
        if (found !== null) return found;
        try {
          return await create();
        } catch (error) {
          if (!(error instanceof GithubFailure) || !error.mayHaveHappened || tries === TRIES) throw error;
          await pause(tries);
        }
      }
    },
    pause,
  };
}

/** github.com requires a second between changes and three between notifications. Other servers do not. */
function needsPacing(apiUrl: string): boolean {
  const { hostname } = new URL(apiUrl);
  return hostname === 'api.github.com' || hostname.endsWith('.ghe.com');
}

/** Replaces Bottleneck's groups: work starts immediately. */
const UNPACED = {
  key: () => ({
    schedule: (_job: unknown, work: (...parts: unknown[]) => unknown, ...parts: unknown[]) => work(...parts),
  }),
} as unknown as NonNullable<ThrottlingOptions['write']>;
