import { z } from 'zod';
import { RequestFailure, sendRequest } from '../../lib/http-request.ts';
import { NO_RETRIES, type RetryPolicy } from '../../lib/retry.ts';
import { firstDifference } from '../../model/golden.ts';
import type { GoldenPrediction } from '../../model/manifest.ts';
import { type Time, vercelRetries } from './time.ts';

/** What a deployment has to answer. */
export interface ExpectedAnswers {
  readonly version: number;
  /** Of the model file that it serves from. */
  readonly modelSha256: string;
  readonly golden: readonly GoldenPrediction[];
}

/** How deployments are asked. */
export interface SiteAccess {
  readonly fetch: typeof fetch;
  readonly time: Time;
  /** Lets through a project's deployment protection; null where there is none. */
  readonly bypass: string | null;
  /** How long one request may take. */
  readonly timeoutMs: number;
}

/** A deployment does not answer as it should; the message says to what and how. */
export class SiteProblem extends Error {
  /** Whether it answered, with something wrong; false for no answer and for a failure, which may pass. */
  readonly isWrongAnswer: boolean;

  constructor(message: string, options: { readonly isWrongAnswer?: boolean; readonly cause?: unknown } = {}) {
    super(message, options);
    this.name = 'SiteProblem';
    this.isWrongAnswer = options.isWrongAnswer ?? true;
  }
}

const readySchema = z.object({ status: z.literal('ready'), modelVersion: z.int() });
const modelSchema = z.object({ version: z.int(), digest: z.string() });
const recommendationsSchema = z.object({ recommendations: z.array(z.unknown()) });
const predictionsSchema = z.object({
  predictions: z.array(z.object({ user: z.int(), movie: z.int(), rating: z.number() })),
});

/**
 * Asks a deployment whether it is ready with the right model, which model file it serves from, every golden
 * prediction, and a recommendation. It may need some seconds to wake up; a wrong answer is wrong at once.
 *
 * @throws SiteProblem
 */
export async function smokeTest(site: SiteAccess, url: string, expected: ExpectedAnswers): Promise<void> {
  const retry = vercelRetries(site.time);
  await askReady(site, url, expected.version, retry);
  const model = await ask(site, `${url}/api/v1/model`, modelSchema, { retry });
  if (model.digest !== expected.modelSha256) {
    throw new SiteProblem(
      `it serves from a model file with SHA-256 ${model.digest}, not ${expected.modelSha256}`,
    );
  }
  const { golden } = expected;
  const pairs = golden.map(({ user, movie }) => ({ user, movie }));
  const { predictions } = await ask(site, `${url}/api/v1/predictions`, predictionsSchema, {
    retry,
    body: { pairs },
  });
  const inOrder = golden.map(({ user, movie }, at) => {
    const given = predictions[at];
    return given?.user === user && given.movie === movie ? given.rating : undefined;
  });
  const difference = firstDifference(golden, inOrder);
  if (difference !== null) {
    const { user, movie, rating } = difference.expected;
    throw new SiteProblem(
      `for user ${user} and movie ${movie} it predicts ${difference.answer ?? 'nothing'}, not ${rating}`,
    );
  }
  // What it recommends to somebody new is not compared. That it does needs code which predictions leave aside, and
  // no database.
  const ratings = [{ movie: golden[0]?.movie, stars: 5 }];
  await ask(site, `${url}/api/v1/recommendations`, recommendationsSchema, {
    retry,
    body: { ratings, k: 1 },
  });
}

/**
 * Asks whether a deployment is ready with a model version.
 *
 * @throws SiteProblem when it does not answer, not well, or with another version.
 */
export async function askReady(
  site: SiteAccess,
  url: string,
  version: number,
  retry = NO_RETRIES,
): Promise<void> {
  const options = { retry, version };
  const { modelVersion } = await ask(site, `${url}/api/v1/health/ready`, readySchema, options);
  if (modelVersion !== version)
    throw new SiteProblem(`model v${modelVersion} is ready there, not v${version}`);
}

/** The version that answers at an address; null when none says so. */
export async function readVersion(site: SiteAccess, url: string): Promise<number | null> {
  return ask(site, `${url}/api/v1/health/ready`, readySchema).then(
    ({ modelVersion }) => modelVersion,
    () => null,
  );
}

/** @param options.version that the response has to name. */
async function ask<T>(
  site: SiteAccess,
  url: string,
  schema: z.ZodType<T>,
  {
    retry = NO_RETRIES,
    body,
    version,
  }: { readonly retry?: RetryPolicy; readonly body?: unknown; readonly version?: number } = {},
): Promise<T> {
  const path = new URL(url).pathname;
  const { said, text } = await sendRequest({
    url,
    init: {
      method: body === undefined ? 'GET' : 'POST',
      headers: {
        ...(site.bypass === null ? {} : { 'x-vercel-protection-bypass': site.bypass }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        'cache-control': 'no-cache',
      },
      // A protected deployment sends the caller to a login.
      redirect: 'manual',
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    },
    fetch: site.fetch,
    timeoutMs: site.timeoutMs,
    retry,
    // Whatever else it answers, it may be on its way up.
    isTransient: (status) => status !== 200,
    read: async (response) => ({
      said: response.headers.get('x-model-version'),
      text: await response.text(),
    }),
  }).catch((error: unknown) => {
    if (!(error instanceof RequestFailure)) throw error;
    throw new SiteProblem(`${path} ${howItFailed(error)}`, { isWrongAnswer: false, cause: error.cause });
  });
  if (version !== undefined && said !== String(version)) {
    throw new SiteProblem(
      `${path} was answered by ${said === null ? 'no model' : `model v${said}`}, not v${version}`,
    );
  }
  const result = schema.safeParse(jsonOf(text));
  if (result.success) return result.data;
  throw new SiteProblem(`${path} was answered with something else than the API says`);
}

function howItFailed({ status, message }: RequestFailure): string {
  if (status === null) return `was not answered, ${message}`;
  const isLogin = status === 401 || status === 403 || (status >= 300 && status < 400);
  return isLogin
    ? `was answered by a login (${status}): the deployment is protected`
    : `was answered with ${status}`;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
