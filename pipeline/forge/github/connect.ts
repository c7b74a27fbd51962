import { setTimeout as sleep } from 'node:timers/promises';
import { getOctokit } from '@actions/github';
import { defaults } from '@actions/github/lib/utils';
import { retry } from '@octokit/plugin-retry';
import { type ThrottlingOptions, throttling } from '@octokit/plugin-throttling';
import { explain, GithubFailure } from './failure.ts';
import { wholeResponses } from './whole-responses.ts';

export interface GithubOptions {
  readonly token: string;
  readonly repository: { readonly owner: string; readonly repo: string };
  /** `https://api.github.com`, or that of a server of one's own. */
  readonly apiUrl: string;
  /** Commit or branch that deployments point at. */
  readonly ref: string;
  /** What dispatched workflows run on, and whose artifacts are trusted. */
  readonly defaultBranch: string;
  readonly clock: () => Date;
  /** Hears "GitHub asks to wait 60 s (secondary rate limit) …". */
  readonly onWait?: (message: string) => void;
  readonly retry?: {
    /**
     * Before the first repetition, later ones come after 4 and 9 times that. A second that GitHub asks to wait
     * lasts as long, too, so that tests need not wait.
     *
     * @default 1000
     */
    readonly firstDelayMs: number;
  };
}

export type Octokit = ReturnType<typeof getOctokit>;

export interface Connection {
  readonly octokit: Octokit;
  /** Of every call. */
  readonly at: { readonly owner: string; readonly repo: string };
  readonly options: GithubOptions;
  /** Of a request that would create a second thing if it were repeated blindly. */
  readonly once: { readonly request: { readonly retries: 0 } };
  /** Runs work after all work handed in before: this process never creates one thing twice. */
  inTurn<T>(work: () => Promise<T>): Promise<T>;
  /**
   * Gives what `find` finds, or what `create` creates. When nobody knows whether something was created, looks
   * again before it tries again.
   */
  createOnce<T>(find: () => Promise<T | null>, create: () => Promise<T>): Promise<T>;
  /** Waits before the repetition after try 1, 2, …. */
  pause(tries: number): Promise<void>;
}

/** How often a request is sent that ends in a limit, and a creation that ends in doubt. */
export const TRIES = 5;
/** A limit that lasts longer ends the run instead of keeping it busy. */
const LONGEST_WAIT_S = 900;

/** An Octokit that waits when GitHub asks for it, repeats what may be repeated, and fails in words for people. */
export function connectGithub(options: GithubOptions): Connection {
  const { token, repository, apiUrl, clock, onWait } = options;
  const second = options.retry?.firstDelayMs ?? 1000;
  const waitFor =
    (limit: string): ThrottlingOptions['onRateLimit'] & object =>
    (seconds, { method, url }, _octokit, repetitions) => {
      if (repetitions + 1 >= TRIES || seconds > LONGEST_WAIT_S) return false;
      const path = url.replace(/^https?:\/\/[^/]+|\?.*$/g, '');
      onWait?.(`GitHub asks to wait ${seconds} s (${limit}) before ${method} ${path}.`);
      return true;
    };
  const octokit = getOctokit(
    token,
    {
      baseUrl: apiUrl,
      request: { fetch: wholeResponses(defaults.request?.fetch) },
      retry: {
        retryAfterBaseValue: second,
        // 429 is left to the plugin that asks GitHub how long to wait.
        doNotRetry: [400, 401, 403, 404, 409, 410, 422, 429, 451],
      },
      throttle: {
        // The plugin counts by this what is under way, in the whole process.
        id: apiUrl,
        retryAfterBaseValue: second,
        onRateLimit: waitFor('rate limit'),
        onSecondaryRateLimit: waitFor('secondary rate limit'),
        ...(asksForPace(apiUrl) ? {} : { write: UNPACED, notifications: UNPACED }),
      },
    },
    retry,
    throttling,
  );
  octokit.hook.error('request', (error) => {
    throw explain(error, clock());
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

/** github.com asks for a second between changes and three between notifications; a server of one's own does not. */
function asksForPace(apiUrl: string): boolean {
  const { hostname } = new URL(apiUrl);
  return hostname === 'api.github.com' || hostname.endsWith('.ghe.com');
}

/** In the place of Bottleneck's groups: work begins at once. */
const UNPACED = {
  key: () => ({
    schedule: (_job: unknown, work: (...parts: unknown[]) => unknown, ...parts: unknown[]) => work(...parts),
  }),
} as unknown as NonNullable<ThrottlingOptions['write']>;
