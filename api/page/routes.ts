import type { Context } from 'hono';
import { sha256 } from '../../pipeline/lib/digest.ts';
import type { Markup } from '../../pipeline/reports/html.ts';
import type { Serving } from '../../pipeline/serving/open-serving.ts';
import type { Routes } from '../api.ts';
import type { Database } from '../database.ts';
import { ApiProblem } from '../problem.ts';
import { driftPart } from './drift.ts';
import { PARTS, type Part, pageHtml } from './layout.ts';
import { modelsPart } from './models.ts';
import { nowPart } from './now.ts';
import { type PageData, pageDataSource } from './page-data.ts';
import { emptyState } from './parts.ts';
import { pipelinePart } from './pipeline.ts';
import { PAGE_STYLE } from './style.ts';
import { TEXT } from './text.ts';
import { tryPart } from './try.ts';

/** What the browser may load: only what this service serves, and no script or style inside the page. */
const POLICY =
  "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/** A part of the page: its finding as the heading, its content, and scripts beside the one of every part. */
export interface PartContent {
  readonly title: string;
  readonly body: Markup;
  readonly scripts?: readonly string[];
}

type Query = (name: string) => string | undefined;

const CONTENTS: Readonly<Record<Part, (data: PageData, query: Query) => PartContent>> = {
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
          CONTENTS[part](data, (name) => c.req.query(name)),
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
