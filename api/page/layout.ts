import { html, type Markup } from '../../pipeline/reports/html.ts';
import type { PageData } from './page-data.ts';
import { when } from './parts.ts';
import { TEXT } from './text.ts';

/** The parts of the page and their addresses, in the order of the navigation. */
export const PARTS = {
  now: '/',
  drift: '/drift',
  models: '/models',
  pipeline: '/pipeline',
  try: '/try',
} as const;
export type Part = keyof typeof PARTS;

/**
 * A part of the page as a whole document.
 *
 * @param data null where no model serves.
 * @param content.title the finding of the part, as its heading.
 * @param content.scripts addresses of scripts beside the one of every part.
 */
export function pageHtml(
  part: Part,
  data: PageData | null,
  content: { readonly title: string; readonly body: Markup; readonly scripts?: readonly string[] },
): string {
  const { title, body, scripts = [] } = content;
  return html`<!doctype html>
<html lang="${TEXT.language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="description" content="${TEXT.tagline}">
<title>${`${title} · ${TEXT.parts[part]} · ${TEXT.product}`}</title>
<link rel="icon" href="/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/page.css">
${['/page.js', ...scripts].map((script) => html`<script type="module" src="${script}"></script>`)}
</head>
<body>
<a class="skip" href="#content">${TEXT.skip}</a>
<header>
<p class="product"><a href="/">${TEXT.product}</a></p>
<nav aria-label="${TEXT.navigation}"><ul>${(Object.keys(PARTS) as Part[]).map(
    (name) =>
      html`<li><a href="${PARTS[name]}"${name === part ? html` aria-current="page"` : null}>${TEXT.parts[name]}</a></li>`,
  )}</ul></nav>
</header>
<main id="content" tabindex="-1">
<h1>${title}</h1>
${body}
</main>
<footer>
${data === null ? null : html`<p>${TEXT.footer[data.source]}${when(data.history?.at ?? data.status.at)}.</p>`}
<p><a href="/api/docs">${TEXT.footer.api}</a> · <a href="/api/v1/status">${TEXT.footer.status}</a>${data?.history == null ? null : html` · <a href="/api/history.json">${TEXT.footer.history}</a>`}</p>
</footer>
</body>
</html>
`.text;
}
