import { html, type Markup } from '../../pipeline/reports/html.ts';
import type { PageData } from './page-data.ts';
import { TEXT } from './text.ts';

/** The part where readers rate movies and see what the model makes of it. Without scripts it says what it needs. */
export function tryPart({ serving }: PageData): { readonly title: string; readonly body: Markup } {
  const { title, needs, api, docs } = TEXT.tryIt;
  return {
    title: title(serving.catalogue.movies.size),
    body: html`<div id="try">
<p>${needs}</p>
<p>${api} <a href="/api/docs">${docs}</a></p>
</div>`,
  };
}
