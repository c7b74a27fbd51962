/** Whatever a route is asked, it answers as it is described, and never with a fault of its own. */
import type { ValidateFunction } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { openServing } from '../../pipeline/serving/open-serving.ts';
import { NOW } from '../support/serving.ts';
import { smallServing } from '../support/small-world.ts';
import { SWEEP_NOTE, sweepSize } from '../support/sweep.ts';
import { type ApiDocument, describedAnswers } from './api-document.ts';
import { memoryDatabase } from './memory-database.ts';
import type { OddRequest } from './odd-parts.ts';
import { KEY, ODD_REQUESTS } from './odd-requests.ts';
import { startApi, type TestApi } from './start-api.ts';

const REQUESTS = sweepSize(10_000, 500);
const SEED = 20_260_304;
/** What a request is refused for that is not in its body. */
const BEYOND_BODIES = /idempotency-key/;
const STACK = /\bat .+\.(ts|js|mjs):\d+|node_modules|\bError: /;

const serving = openServing((await smallServing({ ratingsPerHour: 1_000 })).files, 'model v3');
const document = (await (await startApi({ serving }).get('/api/openapi.json')).json()) as ApiDocument;
const described = describedAnswers(document);
const routes = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.keys(methods).map((method) => [method, path] as const),
);

/** Whether a body is one that the document says the route takes. */
function bodySchema(method: string, path: string): ValidateFunction | null {
  const schema = document.paths[path]?.[method]?.requestBody?.content['application/json']?.schema;
  if (schema === undefined) return null;
  const ajv = new Ajv2020({ strict: false, validateFormats: false });
  return ajv.compile({ ...schema, components: document.components });
}

/** A body with its genres as the document has them: the server takes other spellings as well. */
function withNamedGenres(body: { readonly genre?: unknown } | null): unknown {
  const { genre } = body ?? {};
  if (genre === undefined) return body;
  const named = [genre]
    .flat()
    .flatMap((text) => (typeof text === 'string' ? text.split(',').map(name) : [text]));
  return { ...body, genre: named };
}
const name = (text: string): string =>
  serving.catalogue.genres.find((known) => known.toLowerCase() === text.trim().toLowerCase()) ?? text;

interface Asked {
  readonly api: TestApi;
  readonly method: string;
  readonly path: string;
  readonly takes: ValidateFunction | null;
}

/** Each sequence starts with an empty database, so that it can be repeated. */
function openAsked(method: string, path: string): Asked {
  const database = memoryDatabase();
  database.addKey(KEY, { scopes: ['admin'] });
  return { api: startApi({ serving, database }), method, path, takes: bodySchema(method, path) };
}

/** Asks, and says what is wrong with the answer: an empty list is what all of this is about. */
async function ask(
  { api, method, path, takes }: Asked,
  { address, headers, body }: OddRequest,
  at: number,
): Promise<{ readonly status: number; readonly problems: readonly string[] }> {
  // A minute passes, so that limits of an hour are met and left behind.
  api.setTime(new Date(NOW.getTime() + at * 60_000).toISOString());
  const response = await api.app.request(address, {
    method: method.toUpperCase(),
    headers,
    ...(body === undefined ? {} : { body }),
  });
  const { status } = response;
  const text = await response.text();
  const problems = [...described.problemsOf(method, path, { status, headers: response.headers, body: text })];
  if (status >= 500) problems.push(`answers ${status}: ${text}`);
  if (STACK.test(text)) problems.push(`shows its stack: ${text}`);
  if (response.headers.get('x-model-version') !== '3') problems.push('does not name the model');
  if (!/^[\w.-]{8,128}$/.test(response.headers.get('x-request-id') ?? '')) problems.push('has no id');
  if (api.failures.length > 0) problems.push(`failed: ${api.failures[0]?.error}`);
  if (takes !== null && (response.ok || (status === 422 && !BEYOND_BODIES.test(text)))) {
    const isDescribed = takes(withNamedGenres(JSON.parse(body as string)));
    if (response.ok !== isDescribed)
      problems.push(`answers ${status}, the document thinks otherwise: ${text}`);
  }
  return { status, problems };
}

describe.each(routes)('%s %s', (method, path) => {
  test(`${REQUESTS.toLocaleString('en')} requests, sane and odd`, async () => {
    const requests = ODD_REQUESTS[`${method} ${path.replace('/api/v1', '')}`];
    if (requests === undefined) throw new Error(`nothing asks ${method} ${path}`);
    const odd = requests(path);
    const asked = openAsked(method, path);
    const statuses = new Map<number, number>();
    let isSound = true;
    for (const [at, request] of fc.sample(odd, { numRuns: REQUESTS, seed: SEED }).entries()) {
      const { status, problems } = await ask(asked, request, at);
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
      isSound &&= problems.length === 0;
    }
    if (!isSound) await shrink(method, path, odd);
    expect(isSound, `Seed ${SEED}. ${SWEEP_NOTE}`).toBe(true);
    const good = [...statuses].reduce((sum, [status, count]) => sum + (status < 300 ? count : 0), 0);
    expect(good, JSON.stringify([...statuses])).toBeGreaterThanOrEqual(0.3 * REQUESTS);
    if (path.includes('{') || asked.takes !== null) expect(good).toBeLessThan(REQUESTS);
  });
});

/** Finds the smallest request that is answered badly, which takes longer than to find that there is one. */
async function shrink(method: string, path: string, odd: fc.Arbitrary<OddRequest>): Promise<void> {
  let asked = openAsked(method, path);
  let at = 0;
  await fc.assert(
    fc.asyncProperty(odd, async (request) => {
      const { problems } = await ask(asked, request, at++);
      if (problems.length === 0) return;
      asked = openAsked(method, path);
      throw new Error(problems.join('\n').slice(0, 2_000));
    }),
    { numRuns: REQUESTS, seed: SEED },
  );
}
