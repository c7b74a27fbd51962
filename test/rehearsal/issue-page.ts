import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Marked } from 'marked';
import markedAlert from 'marked-alert';
import { DRIFT_LABELS } from '../../actions/drift-labels.ts';
import { html, trusted } from '../../pipeline/reports/html.ts';
import type { SeenIssue } from './read-github.ts';

export type Theme = 'light' | 'dark';

const require = createRequire(import.meta.url);
const MERMAID = require.resolve('@mermaid-js/tiny/dist/mermaid.tiny.js');
const MARKDOWN_STYLE = {
  light: require.resolve('github-markdown-css/github-markdown-light.css'),
  dark: require.resolve('github-markdown-css/github-markdown-dark.css'),
};

/** A page with an issue as GitHub shows it: title, state, labels and text. Mermaid charts are drawn by the browser. */
export function issuePage(issue: SeenIssue, theme: Theme): string {
  const { number, title, state, labels, body, comments } = issue;
  const isOpen = state === 'open';
  return html`<!doctype html>
<html lang="en" data-theme="${theme}">
<meta charset="utf-8">
<style>${trusted(readFileSync(MARKDOWN_STYLE[theme], 'utf8'))}</style>
<style>${trusted(STYLE)}</style>
<body class="markdown-body">
<header>
  <h1>${title} <small>#${number}</small></h1>
  <p>
    <span class="state ${state}">${trusted(isOpen ? OPEN_ICON : CLOSED_ICON)}${isOpen ? 'Open' : 'Closed'}</span>
    ${labels.map((name) => html`<span class="label" style="--label: #${colourOf(name)}">${name}</span>`)}
  </p>
</header>
<article>
  <p class="author"><b>github-actions</b> <span class="bot">bot</span> opened this issue · ${comments.length} comments</p>
  <main>${trusted(renderMarkdown(body))}</main>
</article>
<script>${trusted(readFileSync(MERMAID, 'utf8').replaceAll('</script', '<\\/script'))}</script>
<script>
  mermaid.initialize({ startOnLoad: false, theme: '${theme === 'dark' ? 'dark' : 'default'}' });
  mermaid.run().then(() => {
    const top = document.querySelector('main h3').getBoundingClientRect().top - 8;
    document.documentElement.dataset.heights = [top, document.body.getBoundingClientRect().height].map(Math.ceil).join(' ');
  });
</script>
</html>`.text;
}

/** GitHub's Markdown as HTML, with line breaks as in issues. A block of Mermaid becomes the element that Mermaid looks for. */
function renderMarkdown(markdown: string): string {
  const marked = new Marked(markedAlert(), {
    renderer: {
      code: ({ text, lang }) => (lang === 'mermaid' ? html`<pre class="mermaid">${text}</pre>`.text : false),
    },
  });
  return marked.parse(markdown, { async: false, breaks: true });
}

const colourOf = (name: string): string =>
  DRIFT_LABELS.find((label) => label.name === name)?.color ?? 'ededed';

/** Octicons `issue-opened` and `issue-closed` (MIT, GitHub). */
const OPEN_ICON =
  '<svg viewBox="0 0 16 16"><path d="M8 9.5a1.5 1.5 0 1 0 0-3 1.5 1.5 0 0 0 0 3Z"/><path d="M8 0a8 8 0 1 1 0 16A8 8 0 0 1 8 0ZM1.5 8a6.5 6.5 0 1 0 13 0 6.5 6.5 0 0 0-13 0Z"/></svg>';
const CLOSED_ICON =
  '<svg viewBox="0 0 16 16"><path d="M11.28 6.78a.75.75 0 0 0-1.06-1.06L7.25 8.69 5.78 7.22a.75.75 0 0 0-1.06 1.06l2 2a.75.75 0 0 0 1.06 0l3.5-3.5Z"/><path d="M16 8A8 8 0 1 1 0 8a8 8 0 0 1 16 0Zm-1.5 0a6.5 6.5 0 1 0-13 0 6.5 6.5 0 0 0 13 0Z"/></svg>';

/** The colours and measures of GitHub's issue page; the text itself has the style of github-markdown-css. */
const STYLE = `
[data-theme=light] { --border: #d1d9e0; --muted: #59636e; --head: #f6f8fa; --text: #1f2328; }
[data-theme=dark] { --border: #3d444d; --muted: #9198a1; --head: #151b23; --text: #f0f6fc; }
body { padding: 24px; width: 912px; box-sizing: border-box; margin: 0; }
header { border-bottom: 1px solid var(--border); margin-bottom: 24px; }
header h1 { border: 0 !important; font-weight: 400 !important; margin: 0 0 8px !important; padding: 0 !important; }
header small { color: var(--muted); font-weight: 300; }
header p { display: flex; gap: 6px; align-items: center; }
.state { border-radius: 2em; color: #fff; display: inline-flex; font-size: 14px; font-weight: 500; gap: 4px; margin-right: 6px; padding: 5px 12px; }
.state.open { background: #1f883d; }
.state.closed { background: #8250df; }
.state svg { fill: #fff; width: 16px; height: 16px; margin-top: 2px; }
.label { border-radius: 2em; border: 1px solid transparent; font-size: 12px; font-weight: 500; line-height: 18px; padding: 0 8px; }
[data-theme=light] .label { background: color-mix(in srgb, var(--label) 22%, white); border-color: var(--label); color: color-mix(in srgb, var(--label) 35%, black); }
[data-theme=dark] .label { background: color-mix(in srgb, var(--label) 18%, transparent); border-color: color-mix(in srgb, var(--label) 40%, transparent); color: color-mix(in srgb, var(--label) 45%, white); }
article { border: 1px solid var(--border); border-radius: 6px; }
article .author { background: var(--head); border-bottom: 1px solid var(--border); border-radius: 6px 6px 0 0; color: var(--muted); font-size: 14px; margin: 0; padding: 8px 16px; }
.author b { color: var(--text); }
.bot { border: 1px solid var(--border); border-radius: 2em; font-size: 12px; padding: 0 6px; }
main { font-size: 14px; padding: 16px; }
main li:has(> input) { list-style: none; margin-left: -1.4em; }
main > :last-child { margin-bottom: 0 !important; }
pre.mermaid { background: none !important; text-align: center; padding: 0 !important; }
pre.mermaid svg { max-height: 400px; }
`;
