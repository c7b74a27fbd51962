import { z } from 'zod';
import { RequestFailure, sendRequest } from '../../lib/http-request.ts';
import { jsonOrNull } from '../../lib/json.ts';
import { NO_RETRIES, type RetryPolicy } from '../../lib/retry.ts';
import { firstDifference } from '../../model/golden.ts';
import type { Bundle } from '../../serving/serving-files.ts';
import { type Time, vercelRetries } from './time.ts';

/** The correct responses of a deployment. */
export interface ExpectedResponses {
  readonly version: number;
  /** Of the model file. */
  readonly modelSha256: string;
  readonly golden: Bundle['golden'];
}

/** Options for requests to deployments. */
export interface SiteAccess {
  readonly fetch: typeof fetch;
  readonly time: Time;
  /** Secret that bypasses deployment protection, or null. */
  readonly bypass: string | null;
  /** Timeout of one request. */
  readonly timeoutMs: number;
}

/** A missing or wrong response of a deployment. The message names the path and the problem. */
export class SiteError extends Error {
  /** True for a wrong response. False for no response or an error status, which may be temporary. */
  readonly isWrongResponse: boolean;

  constructor(
    message: string,
    options: { readonly isWrongResponse?: boolean; readonly cause?: unknown } = {},
  ) {
    super(message, options);
    this.name = 'SiteError';
    this.isWrongResponse = options.isWrongResponse ?? true;
  }
}

const readySchema = z.object({ status: z.literal('ready'), modelVersion: z.int() });
const modelSchema = z.object({ version: z.int(), digest: z.string() });
const recommendationsSchema = z.object({ recommendations: z.array(z.unknown()) });
const goldenSchema = z.object({ ratings: z.array(z.number()) });

/**
 * Tests a deployment: readiness and model version, digest of the model file, every golden prediction, and a
 * recommendation. Failed requests are repeated, because the start may take seconds. A wrong response fails immediately.
 *
 * @throws SiteError
 */
export async function smokeTest(site: SiteAccess, url: string, expected: ExpectedResponses): Promise<void> {
  const retry = vercelRetries(site.time);
  await checkReady(site, url, expected.version, retry);
  const model = await callApi(site, `${url}/api/v1/model`, modelSchema, { retry });
  if (model.digest !== expected.modelSha256) {
    throw new SiteError(`its model file has SHA-256 ${model.digest}, not ${expected.modelSha256}`);
  }
  const { golden } = expected;
  const { ratings: given } = await callApi(site, `${url}/api/v1/model/golden`, goldenSchema, { retry });
  const difference = firstDifference(golden, given);
  if (difference !== null) {
    const { user, movie, rating } = difference.expected;
    throw new SiteError(
      `for user ${user} and movie ${movie} it predicts ${difference.answer ?? 'nothing'}, not ${rating}`,
    );
  }
  // Recommendations for a new user run other code than predictions and need no database. Their content is not compared.
  const ratings = [{ movie: golden[0]?.movie, stars: 5 }];
  await callApi(site, `${url}/api/v1/recommendations`, recommendationsSchema, {
    retry,
    body: { ratings, k: 1 },
  });
}

/**
 * Checks that a deployment is ready with a model version.
 *
 * @throws SiteError when there is no response, an invalid one, or another version.
 */
export async function checkReady(
  site: SiteAccess,
  url: string,
  version: number,
  retry = NO_RETRIES,
): Promise<void> {
  const options = { retry, version };
  const { modelVersion } = await callApi(site, `${url}/api/v1/health/ready`, readySchema, options);
  if (modelVersion !== version) throw new SiteError(`model v${modelVersion} is ready, not v${version}`);
}

/** The model version that is ready at a URL, or null. */
export async function readVersion(site: SiteAccess, url: string): Promise<number | null> {
  return callApi(site, `${url}/api/v1/health/ready`, readySchema).then(
    ({ modelVersion }) => modelVersion,
    () => null,
  );
}

/** @param options.version required version in the response headers. */
async function callApi<T>(
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
  const { servedBy, text } = await sendRequest({
    url,
    init: {
      method: body === undefined ? 'GET' : 'POST',
      headers: {
        ...(site.bypass === null ? {} : { 'x-vercel-protection-bypass': site.bypass }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        'cache-control': 'no-cache',
      },
      // A protected deployment redirects to a login page.
      redirect: 'manual',
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    },
    fetch: site.fetch,
    timeoutMs: site.timeoutMs,
    retry,
    // Any other status may be temporary during the start.
    isTransient: (status) => status !== 200,
    read: async (response) => ({
      servedBy: response.headers.get('x-model-version'),
      text: await response.text(),
    }),
  }).catch((error: unknown) => {
    if (!(error instanceof RequestFailure)) throw error;
    throw new SiteError(`${path} ${describeFailure(error)}`, { isWrongResponse: false, cause: error.cause });
  });
  if (version !== undefined && servedBy !== String(version)) {
    throw new SiteError(
      `${path} was answered by ${servedBy === null ? 'no model' : `model v${servedBy}`}, not v${version}`,
    );
  }
  const result = schema.safeParse(jsonOrNull(text));
  if (result.success) return result.data;
  throw new SiteError(`${path} returned a response that does not match the API`);
}

function describeFailure({ status, message }: RequestFailure): string {
  if (status === null) return `was not answered, ${message}`;
  const isLogin = status === 401 || status === 403 || (status >= 300 && status < 400);
  return isLogin
    ? `returned a login page (${status}): the deployment is protected`
    : `was answered with ${status}`;
}
