import { z } from 'zod';
import { firstDifference } from '../../model/golden.ts';
import type { GoldenPrediction } from '../../model/manifest.ts';
import type { Masked } from './masked.ts';
import { PassingFailure, patiently, retryAfter, type Time } from './patience.ts';
import { reasonOf } from './vercel-request.ts';

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
  readonly masked: Masked;
  /** Lets through a project's deployment protection; null where there is none. */
  readonly bypass: string | null;
  /** How long one request may take. */
  readonly timeoutMs: number;
}

/** A deployment does not answer as it should; the message says to what and how. */
export class SiteProblem extends Error {
  constructor(message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.name = 'SiteProblem';
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
  await asProblem(() => patiently(site.time, () => askReady(site, url, expected.version)));
  const model = await asProblem(() =>
    patiently(site.time, () => ask(site, `${url}/api/v1/model`, modelSchema)),
  );
  if (model.digest !== expected.modelSha256) {
    throw new SiteProblem(
      `it serves from a model file with SHA-256 ${model.digest}, not ${expected.modelSha256}`,
    );
  }
  const { golden } = expected;
  const pairs = golden.map(({ user, movie }) => ({ user, movie }));
  const { predictions } = await asProblem(() =>
    patiently(site.time, () => ask(site, `${url}/api/v1/predictions`, predictionsSchema, { pairs })),
  );
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
  const recommendations = `${url}/api/v1/recommendations`;
  await asProblem(() =>
    patiently(site.time, () => ask(site, recommendations, recommendationsSchema, { ratings, k: 1 })),
  );
}

/**
 * Asks once whether a deployment is ready with a model version.
 *
 * @throws PassingFailure when it does not answer, or not well; SiteProblem when another version does.
 */
export async function askReady(site: SiteAccess, url: string, version: number): Promise<void> {
  const { modelVersion } = await ask(site, `${url}/api/v1/health/ready`, readySchema, undefined, version);
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

/** Failures that did not pass are problems of the site. */
async function asProblem<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof PassingFailure ? new SiteProblem(error.message, { cause: error.cause }) : error;
  }
}

async function ask<T>(
  site: SiteAccess,
  url: string,
  schema: z.ZodType<T>,
  body?: unknown,
  version?: number,
): Promise<T> {
  const path = new URL(url).pathname;
  let response: Response;
  let text: string;
  try {
    response = await site.fetch(url, {
      method: body === undefined ? 'GET' : 'POST',
      headers: {
        ...(site.bypass === null ? {} : { 'x-vercel-protection-bypass': site.bypass }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        'cache-control': 'no-cache',
      },
      // A protected deployment sends the caller to a login.
      redirect: 'manual',
      signal: AbortSignal.timeout(site.timeoutMs),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    text = await response.text();
  } catch (cause) {
    throw new PassingFailure(`${path} was not answered, ${reasonOf(site.masked, cause)}`, null, { cause });
  }
  const { status, headers } = response;
  if (status === 401 || status === 403 || (status >= 300 && status < 400)) {
    throw new PassingFailure(`${path} was answered by a login (${status}): the deployment is protected`);
  }
  if (status !== 200) throw new PassingFailure(`${path} was answered with ${status}`, retryAfter(headers));
  const said = headers.get('x-model-version');
  if (version !== undefined && said !== String(version)) {
    throw new SiteProblem(
      `${path} was answered by ${said === null ? 'no model' : `model v${said}`}, not v${version}`,
    );
  }
  const result = schema.safeParse(jsonOf(text));
  if (result.success) return result.data;
  throw new SiteProblem(`${path} was answered with something else than the API says`);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
