/** The page as HTML, without a browser: what it says, how large it is, and that nothing in the data becomes markup. */
import { expect, test } from 'vitest';
import type { PipelineHistory } from '../../../pipeline/history/pipeline-history.ts';
import { HOSTILE, longHistory } from '../../support/long-history.ts';
import { NO_HISTORY } from '../../support/pipeline-history.ts';
import { sampleServing } from '../../support/sample-serving.ts';
import { STATUS } from '../../support/serving.ts';
import { memoryDatabase } from '../memory-database.ts';
import { startApi, type TestApi } from '../start-api.ts';

const history = longHistory();
const api = serve(history);
const KILOBYTES_60 = 60 * 1024;

/** Every view of the page, with its widest choices. */
const VIEWS = [
  '/',
  '/drift',
  '/drift?signal=rating_mean&verdict=drift&from=2025-06-01&to=2026-02-01',
  '/drift?check=360',
  '/drift?check=330&with=360',
  '/models',
  '/models?metric=coverage',
  '/models?model=499',
  '/models?model=499&with=500',
  '/pipeline',
  '/pipeline?before=30',
  '/try',
];

function serve(of?: PipelineHistory, status = STATUS): TestApi {
  const version = of?.models.at(-1)?.version ?? 3;
  return startApi({
    serving: sampleServing({ version, status, ...(of === undefined ? {} : { history: of }) }),
  });
}

async function page(address: string, from = api): Promise<string> {
  const response = await from.get(address);
  expect([address, response.status]).toEqual([address, 200]);
  return response.text();
}

const heading = (html: string): string => /<h1>(.*?)<\/h1>/s.exec(html)?.[1] ?? '';

test.each(VIEWS)(
  '%s is at most 60 KB with a year of daily checks, 60 batches and 500 models',
  async (view) => {
    const html = await page(view);
    expect(Buffer.byteLength(html)).toBeLessThanOrEqual(KILOBYTES_60);
    expect(Buffer.byteLength(html)).toBeGreaterThan(1_000);
  },
);

test.each(VIEWS)('%s shows hostile texts as text, and has no script or style inside', async (view) => {
  const html = await page(view);
  expect(html).not.toContain('<img');
  expect(html.replace(/"[^"]*"/g, '""')).not.toMatch(/<style|<[^>]*\s(style|on\w+)=/);
  expect(html.match(/<script/g)).toEqual(
    html.match(/<script type="module" src="\/[\w-]+\.js"><\/script>/g)?.map(() => '<script'),
  );
});

test('hostile texts do arrive', async () => {
  const shown = HOSTILE.replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
  for (const view of ['/', '/drift?check=360', '/models?model=499', '/pipeline?before=20']) {
    expect([view, (await page(view)).includes(shown.slice(0, 30))]).toEqual([view, true]);
  }
});

test.each(VIEWS)('every link of %s leads somewhere', async (view) => {
  const html = await page(view);
  const links = [...html.matchAll(/href="(\/[^"]*)"/g)].map(([, link = '']) => link.replaceAll('&amp;', '&'));
  expect(links.length).toBeGreaterThan(5);
  for (const link of new Set(links)) {
    if (link === '/icon.svg') continue;
    const { status } = await api.get(link);
    expect([link, status]).toEqual([link, 200]);
  }
});

test.each(VIEWS)('an id is given once in %s', async (view) => {
  const ids = [...(await page(view)).matchAll(/\sid="([^"]+)"/g)].map(([, id]) => id);
  expect(ids).toEqual([...new Set(ids)]);
});

test('the page may load only what this service serves', async () => {
  const { headers } = await api.get('/');
  expect(headers.get('content-security-policy')).toBe(
    "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
  );
  expect(headers.get('x-content-type-options')).toBe('nosniff');
});

test('the stylesheet is asked for once: then it has not changed', async () => {
  const first = await api.get('/page.css');
  const tag = first.headers.get('etag') as string;
  expect((await first.text()).length).toBeGreaterThan(1_000);
  expect((await api.get('/page.css', { 'if-none-match': tag })).status).toBe(304);
});

test('a range of dates and a verdict choose the checks', async () => {
  const html = await page('/drift?verdict=drift&from=2026-01-01&to=2026-01-31');
  const ids = [...html.matchAll(/<th scope="row"><a href="\/drift\?check=(\d+)">/g)].map(([, id]) =>
    Number(id),
  );
  const expected = history.checks.filter(
    ({ at, verdict }) => verdict === 'drift' && at >= '2026-01-01' && at < '2026-02-01',
  );
  expect(expected.length).toBeGreaterThan(0);
  expect(ids).toEqual(
    expected
      .map(({ checkId }) => checkId)
      .toReversed()
      .slice(0, 20),
  );
  expect(await page('/drift?from=2020-01-01&to=2020-01-02')).toContain('Nothing matches this choice.');
});

test('a parameter that makes no sense is left out', async () => {
  const html = await page(
    `/drift?signal=nonsense&verdict=${encodeURIComponent(HOSTILE)}&from=2026-02-30x&before=-1`,
  );
  expect(heading(html)).toBe(heading(await page('/drift')));
  expect(heading(await page('/models?model=9999'))).toBe('There is no model v9999');
  expect(heading(await page('/drift?check=99999'))).toBe('Check 99999 is not among those that are kept');
});

test('older rows are one link away, down to the first', async () => {
  let address = '/drift';
  const seen: number[] = [];
  for (;;) {
    const html = await page(address);
    seen.push(
      ...[...html.matchAll(/<th scope="row"><a href="\/drift\?check=(\d+)">/g)].map(([, id]) => Number(id)),
    );
    const older = /<a href="(\/drift\?[^"]*before=\d+)#checks">/.exec(html)?.[1];
    if (older === undefined) break;
    address = older.replaceAll('&amp;', '&');
  }
  expect(seen).toEqual(history.checks.map(({ checkId }) => checkId).toReversed());
});

test('a refused model says which rule it failed', async () => {
  const refused = history.models.findLast(({ status }) => status === 'refused');
  const html = await page(`/models?model=${refused?.version}`);
  expect(heading(html)).toContain('refused');
  expect(html).toContain('at most 2% higher than the champion; at most 1% if the interval excludes 0');
  expect(html).toContain('[+0.0200, +0.0400]');
});

test('two models are compared by metrics and by the hyper-parameters that differ', async () => {
  const html = await page('/models?model=499&with=500');
  expect(heading(html)).toBe('Models v499 and v500: 1 hyper-parameter differ');
  expect(html).toMatch(/ials\.factors<\/th><td class="r">24<\/td><td class="r">32/);
  expect(html).not.toContain('ratingWeight</th>');
});

test('every chart has its numbers as CSV and JSON and its drawing as SVG', async () => {
  const names = ['effect', 'gain', 'signals', 'levels', 'genres', 'metric', 'champions', 'rows', 'durations'];
  for (const name of names) {
    const json = JSON.parse(await page(`/api/chart/${name}.json?check=360`));
    expect(json.rows.length, name).toBeGreaterThan(1);
    const csv = await page(`/api/chart/${name}.csv?check=360`);
    expect(csv.trimEnd().split('\r\n'), name).toHaveLength(json.rows.length + 1);
    const svg = await page(`/api/chart/${name}.svg?check=360`);
    expect(svg, name).toMatch(/^<svg xmlns="http:\/\/www.w3.org\/2000\/svg"/);
    expect(svg).not.toContain('<img');
  }
  expect((await api.get('/api/chart/nothing.svg')).status).toBe(404);
  expect((await api.get('/api/chart/effect.exe')).status).toBe(404);
});

test('the title of a chart says what it found', async () => {
  const { title, rows } = JSON.parse(await page('/api/chart/effect.json?signal=rating_mean'));
  const drifts = rows.filter(({ verdict }: { readonly verdict: string }) => verdict === 'drift').length;
  expect(drifts).toBeGreaterThan(0);
  expect(title).toMatch(new RegExp(`^Mean rating: drift on ${drifts} of ${rows.length} batches, \\+`));
});

test('what needs attention comes first, with where to look', async () => {
  const late = serve(history, {
    ...STATUS,
    openAlerts: 1,
    lastIngest: {
      ...(STATUS.lastIngest as object),
      at: '2026-02-01T06:17:00.000Z',
    } as typeof STATUS.lastIngest,
  });
  const html = await page('/', late);
  expect(heading(html)).toBe('Model v500 serves; 2 things need attention');
  expect(html).toMatch(
    /Drift is open: <a href="https:\/\/github.com\/octo\/films\/issues\/41"[^>]*>drift issue 41<\/a>/,
  );
  expect(html).toMatch(
    /No batch for 749 hours; one is expected every 216: <a href="https:\/\/github.com\/octo\/films\/actions\/workflows\/ingest.yml"/,
  );
});

test('without a model every part says what to do', async () => {
  const nothing = startApi({ serving: null });
  for (const part of ['/', '/drift', '/models', '/pipeline', '/try']) {
    const response = await nothing.get(part);
    const html = await response.text();
    expect([part, response.status, heading(html)]).toEqual([part, 503, 'No model serves yet']);
    expect(html).toContain('start the workflow “bootstrap” once');
  }
});

test('without checks, batches or a history the parts say what to do', async () => {
  const first = serve({ ...history, ...NO_HISTORY, models: history.models.slice(-1) });
  expect(heading(await page('/drift', first))).toBe('No drift check was made yet');
  expect(heading(await page('/pipeline', first))).toBe('No batch was ingested yet');
  expect(await page('/models', first)).toContain('There are too few numbers to draw yet.');
  const earlier = serve();
  for (const part of ['/drift', '/models', '/pipeline']) {
    expect(heading(await page(part, earlier))).toBe('This bundle has no history');
  }
  expect(heading(await page('/', earlier))).toContain('Model v3 serves');
  expect((await earlier.get('/api/history.json')).status).toBe(404);
});

test('a database is read again after ten seconds, and the bundle counts while it is down', async () => {
  const stored = { ...history, batches: history.batches.slice(0, 5) };
  const database = memoryDatabase({ stored });
  const refreshed = startApi({ serving: sampleServing({ version: 500, history }), database });
  expect(heading(await page('/pipeline', refreshed))).toContain('5 batches ingested');
  database.breakDown();
  refreshed.setTime('2026-03-04T12:00:11.000Z');
  expect(heading(await page('/pipeline', refreshed))).toContain('5 batches ingested');
  const down = startApi({ serving: sampleServing({ version: 500, history }), database });
  const html = await page('/pipeline', down);
  expect(heading(html)).toContain('60 batches ingested');
  expect(html).toContain('As it was when the model was deployed');
});
