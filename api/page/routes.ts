import type { Context } from 'hono';
import { sha256 } from '../../pipeline/lib/digest.ts';
import type { Serving } from '../../pipeline/serving/open-serving.ts';
import type { Routes } from '../api.ts';
import type { Database } from '../database.ts';
import { ApiProblem } from '../problem.ts';
import { chartCsv, chartJson, chartSvg } from './chart.ts';
import { driftPart } from './drift.ts';
import { PARTS, type Part, pageHtml } from './layout.ts';
import { modelsPart } from './models.ts';
import { CHART_NAMES, namedChart } from './named-charts.ts';
import { nowPart } from './now.ts';
import { type PageData, pageDataSource } from './page-data.ts';
import { emptyState, type PartContent } from './parts.ts';
import { pipelinePart } from './pipeline.ts';
import { type PageQuery, queryOf } from './query.ts';
import { PAGE_STYLE } from './style.ts';
import { TEXT } from './text.ts';
import { tryPart } from './try.ts';

/** What the browser may load: only what this service serves, and no script or style inside the page. */
const POLICY =
  "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

const CONTENTS: Readonly<Record<Part, (data: PageData, query: PageQuery) => PartContent>> = {
  now: nowPart,
  drift: driftPart,
  models: modelsPart,
  pipeline: pipelinePart,
  try: tryPart,
};

/**
 * The page for people, one URL for each part, as HTML that needs no script. Filters and comparisons are query parameters.
 *
 * @param options.serving null where no model serves: then every part says what to do.
 */
export function pageRoutes(
  app: Routes,
  options: {
    readonly serving: Serving | null;
    readonly database: Database | null;
    readonly clock: () => Date;
  },
): void {
  const { serving, database, clock } = options;
  const read = serving === null ? null : pageDataSource(serving, database, clock);

  for (const part of Object.keys(PARTS) as Part[]) {
    app.get(PARTS[part], async (c) => {
      if (read === null) return page(c, emptyPage(part), 503);
      const data = await read();
      return page(
        c,
        pageHtml(
          part,
          data,
          CONTENTS[part](
            data,
            queryOf((name) => c.req.query(name)),
          ),
        ),
        200,
      );
    });
  }

  const tag = `"${sha256(PAGE_STYLE).slice(0, 16)}"`;
  app.get('/page.css', (c) => {
    c.header('cache-control', 'public, max-age=300, s-maxage=86400');
    c.header('etag', tag);
    if (c.req.header('if-none-match') === tag) return c.body(null, 304);
    return c.body(PAGE_STYLE, 200, { 'content-type': 'text/css; charset=utf-8' });
  });
  app.get('/api/chart/:file', async (c) => {
    const [, name = '', kind] = /^([a-z-]+)\.(svg|csv|json)$/.exec(c.req.param('file')) ?? [];
    const history = read === null ? null : (await read()).history;
    const chart =
      history === null
        ? null
        : namedChart(
            name,
            history,
            queryOf((key) => c.req.query(key)),
          );
    if (chart === null) {
      throw new ApiProblem(
        'not-found',
        `There is no such chart. The charts are ${CHART_NAMES.join(', ')}, each as .svg, .csv and .json.`,
      );
    }
    c.header('cache-control', 'public, max-age=30');
    if (kind === 'json') return c.json(chartJson(chart));
    return kind === 'csv'
      ? c.body(chartCsv(chart), 200, { 'content-type': 'text/csv; charset=utf-8' })
      : c.body(chartSvg(chart), 200, { 'content-type': 'image/svg+xml' });
  });
  app.get('/api/history.json', async (c) => {
    const history = read === null ? null : (await read()).history;
    if (history === null) throw new ApiProblem('not-found', TEXT.empty.noHistory.text);
    c.header('cache-control', 'public, max-age=30');
    return c.json(history);
  });
}

function page(c: Context, text: string, status: 200 | 503): Response {
  c.header('content-security-policy', POLICY);
  c.header('cache-control', status === 200 ? 'public, max-age=0, s-maxage=10' : 'no-store');
  return c.html(text, status);
}

const emptyPage = (part: Part): string =>
  pageHtml(part, null, { title: TEXT.empty.noModel.title, body: emptyState(TEXT.empty.noModel) });
