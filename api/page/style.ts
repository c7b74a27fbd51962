import { CHART_STYLE, TONES } from '../../pipeline/reports/charts/chart-style.ts';
import { TRY_STYLE } from './try-style.ts';

/** How the page looks: light and dark, on a phone, on a screen and on paper. */
export const PAGE_STYLE = `${TONES}${CHART_STYLE}${TRY_STYLE}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body { margin: 0; background: var(--page); color: var(--ink); font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; overflow-wrap: anywhere; }
.skip { position: absolute; left: 1rem; top: -4rem; padding: .5rem .75rem; background: var(--page); border: 2px solid var(--link); z-index: 1; }
.skip:focus { top: .5rem; }
a { color: var(--link); }
:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
main:focus { outline: none; }
header, main, footer { width: min(100% - 2rem, 70rem); margin: 0 auto; }
header { display: flex; flex-wrap: wrap; align-items: baseline; gap: 0 1.5rem; padding-top: 1rem; border-bottom: 1px solid var(--rule); }
.product { margin: 0; font-weight: 700; font-size: 1.05rem; }
.product a { color: inherit; text-decoration: none; }
nav ul { display: flex; flex-wrap: wrap; gap: 0 1.1rem; margin: 0; padding: 0; list-style: none; }
nav a { display: block; padding: .6rem 0 .5rem; border-bottom: 3px solid transparent; text-decoration: none; color: var(--soft); }
nav a:hover { color: var(--ink); }
nav a[aria-current] { color: var(--ink); font-weight: 600; border-color: var(--link); }
main { padding-top: 1.5rem; padding-bottom: 2rem; }
h1 { font-size: 1.5rem; line-height: 1.25; margin: 0 0 1rem; max-width: 46rem; text-wrap: balance; }
h2 { font-size: 1.15rem; margin: 2rem 0 .5rem; }
h3 { font-size: .875rem; margin: 1rem 0 .25rem; color: var(--soft); font-weight: 600; }
p, ul, ol { margin: 0 0 .75rem; max-width: 46rem; }
ul, ol { padding-left: 1.25rem; }
ul.plain { list-style: none; padding: 0; }
ul.plain li { margin: 0 0 .35rem; }
code { font-size: .9em; }
.soft { color: var(--soft); font-size: .875rem; font-weight: 400; }
.shape { display: inline-block; vertical-align: -.15em; margin-right: .4em; fill: none; stroke: var(--tone); stroke-width: 2; flex: none; }
.shape.drift, .shape.watch { fill: var(--tone); }
.verdict-word { color: var(--tone); font-weight: 600; }
.attention { border-left: 4px solid var(--drift); background: var(--panel); padding: .75rem 1rem .5rem; margin: 0 0 1.25rem; }
.attention:not(:has(.drift)) { border-color: var(--watch); }
.attention h2 { margin: 0 0 .5rem; font-size: 1rem; }
.attention ul { list-style: none; padding: 0; margin: 0; max-width: none; }
.attention li { display: flex; align-items: baseline; margin-bottom: .35rem; }
.attention .shape { align-self: center; }
.cards { columns: 19rem; column-gap: 1rem; }
.card { border: 1px solid var(--rule); border-radius: 6px; padding: .9rem 1rem .35rem; margin: 0 0 1rem; break-inside: avoid; }
.card h2 { margin: 0 0 .25rem; font-size: .875rem; color: var(--soft); font-weight: 600; }
.figure { font-size: 1.35rem; line-height: 1.3; font-weight: 600; margin-bottom: .35rem; }
.figure a { text-decoration-thickness: 1px; text-underline-offset: .15em; }
.figure .soft { font-size: .9rem; }
.figure .shape { width: 20px; height: 20px; }
dl { margin: 0 0 .75rem; display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 7.5rem), 1fr)); gap: .25rem 1rem; font-variant-numeric: tabular-nums; }
dt { color: var(--soft); font-size: .8125rem; }
dd { margin: 0; }
.steps { list-style: none; padding: 0; display: flex; flex-wrap: wrap; gap: .25rem 1rem; font-size: .875rem; }
.steps li::before { content: "○ "; }
.steps li.done::before { content: "● "; color: var(--link); }
.steps li.open { color: var(--soft); }
.steps li[aria-current] { font-weight: 600; }
.empty { border: 1px dashed var(--rule); border-radius: 6px; padding: 1rem 1.25rem .5rem; max-width: 46rem; }
.empty h2 { margin-top: 0; }
.table { overflow-x: auto; margin: 0 0 1rem; }
table { border-collapse: collapse; font-size: .875rem; font-variant-numeric: tabular-nums; min-width: 100%; }
th, td { padding: .35rem .9rem .35rem 0; border-bottom: 1px solid var(--rule); text-align: left; vertical-align: top; overflow-wrap: normal; }
th:last-child, td:last-child { padding-right: 0; }
thead th { color: var(--soft); font-weight: 600; vertical-align: bottom; }
tbody th { font-weight: 500; }
table.grid { min-width: 0; } table.grid th, table.grid td { padding: .2rem .4rem; text-align: center; } table.grid th[scope=row] { text-align: left; white-space: nowrap; padding-left: 0; }
table.grid a { color: var(--tone); text-decoration: none; display: block; min-width: 1.1rem; font-weight: 700; }
table.grid .ok::before { content: "✓" / ""; } table.grid .watch::before { content: "▲" / ""; } table.grid .drift::before { content: "◆" / ""; } table.grid .insufficient::before { content: "–" / ""; }
.r { text-align: right; }
td.r, th.r, td time { white-space: nowrap; }
details { margin: 0 0 1rem; }
summary { cursor: pointer; font-size: .875rem; }
figure { margin: 0 0 1.25rem; }
figcaption { margin: 0 0 .4rem; font-weight: 600; }
figure > svg, .spark { display: block; }
.readout { min-height: 1.5em; margin: .25rem 0 0; font-size: .875rem; font-variant-numeric: tabular-nums; }
.two { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 22rem), 1fr)); gap: 0 2rem; }
.panels { list-style: none; padding: 0; max-width: none; display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 14rem), 1fr)); gap: 1rem 1.5rem; }
.panels a { display: block; font-size: .875rem; }
.panels a[aria-current] { font-weight: 600; }
.panels .verdict-word { font-size: .875rem; }
svg.spark .path { fill: none; }
.links { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; }
svg [data-point]:focus-visible { outline: 2px solid var(--link); outline-offset: 3px; }
.note { color: var(--soft); font-size: .875rem; }
.key { display: inline-block; width: .7em; height: .7em; margin-right: .35em; }
form { display: flex; flex-wrap: wrap; gap: .5rem 1rem; align-items: end; margin: 0 0 1.25rem; padding: .75rem 1rem; background: var(--panel); border-radius: 6px; }
label { display: grid; gap: .15rem; font-size: .8125rem; color: var(--soft); }
select, input, button { font: inherit; font-size: .9375rem; color: var(--ink); background: var(--page); border: 1px solid var(--soft); border-radius: 4px; padding: .35rem .5rem; max-width: 100%; height: 2.4rem; }
button { cursor: pointer; }
button:hover { border-color: var(--ink); }
footer { padding-top: 1rem; padding-bottom: 2rem; border-top: 1px solid var(--rule); color: var(--soft); font-size: .875rem; }
footer p { margin: 0 0 .25rem; }
@media (prefers-reduced-motion: no-preference) { .skip { transition: top .1s; } }
@media print { :root { color-scheme: light; --ink: #000; --soft: #444; --rule: #bbb; --page: #fff; --panel: #f3f3f3; --drift: #a11; --watch: #740; --ok: #050; --link: #000; --before: #999; --now: #000; } body { font-size: 10pt; } header, main, footer { width: auto; } nav, form, .skip, .formats { display: none; } figure, tr, .card { break-inside: avoid; } h2 { break-after: avoid; } .table { overflow: visible; } details:not([open]) { display: none; } }
`;
