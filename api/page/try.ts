import { DEFAULT_NOVELTY } from '../../pipeline/model/novelty.ts';
import { html, type Markup } from '../../pipeline/reports/html.ts';
import type { PageData } from './page-data.ts';
import { TEXT } from './text.ts';

/**
 * The part where readers rate movies and see what the model makes of it. The script `try.js` fills it. Without scripts it
 * says what it needs.
 */
export function tryPart({ serving }: PageData): {
  readonly title: string;
  readonly body: Markup;
  readonly scripts: readonly string[];
} {
  const text = TEXT.tryIt;
  const { movies, genres } = serving.catalogue;
  return {
    title: text.title(movies.size),
    scripts: ['/try.js'],
    body: html`<noscript><div class="empty"><p>${text.needs}</p></div></noscript>
<div id="try-app" class="try" data-api="/api/v1" data-ids="${serving.names === null ? 'number' : 'text'}" hidden>
<section aria-labelledby="try-ratings-title">
<h2 id="try-ratings-title">${text.ratings}</h2>
<div class="find">
<label for="try-search">${text.search}</label>
<input id="try-search" type="search" role="combobox" autocomplete="off" aria-autocomplete="list" aria-expanded="false" aria-controls="try-found" aria-describedby="try-hint">
<ul id="try-found" role="listbox" aria-label="${text.search}" hidden></ul>
<p id="try-hint" class="soft">${text.searchHint}</p>
</div>
<label>${text.start}
<select id="try-start"><option value="">${text.startOwn}</option>${genres.map((genre) => html`<option value="${genre}">${text.startGenre(genre)}</option>`)}</select></label>
<p id="try-none">${text.noRatings}</p>
<div id="try-with" hidden>
<ul id="try-rated" class="plain"></ul>
<p class="try-buttons"><button type="button" id="try-share">${text.share}</button> <button type="button" id="try-clear">${text.clear}</button></p>
</div>
<details>
<summary>${text.userPart}</summary>
<p class="soft">${text.keyHint}</p>
<div class="try-fields">
<label>${text.user}<input id="try-user" autocomplete="off"></label>
<label>${text.key}<input id="try-key" type="password" autocomplete="off"></label>
</div>
<p class="try-buttons"><button type="button" id="try-show-user">${text.showUser}</button> <button type="button" id="try-own">${text.ownAgain}</button> <button type="button" id="try-send">${text.send}</button></p>
</details>
</section>
<section aria-labelledby="try-list-title">
<h2 id="try-list-title">${text.list}</h2>
<div class="sliders">
${slider('try-novelty', text.novelty, DEFAULT_NOVELTY)}
${slider('try-diversity', text.diversity, 0)}
</div>
<p id="try-status" class="soft" role="status"></p>
<ol id="try-list" class="films"></ol>
</section>
<dialog id="try-similar" aria-labelledby="try-similar-title">
<h2 id="try-similar-title"></h2>
<ol id="try-similar-list"></ol>
<form method="dialog"><button>${text.close}</button></form>
</dialog>
</div>
<p class="soft">${text.api} <a href="/api/docs">${text.docs}</a></p>`,
  };
}

const slider = (id: string, label: string, value: number): Markup =>
  html`<label>${label}<input id="${id}" type="range" min="0" max="1" step="0.05" value="${value}"></label>`;
