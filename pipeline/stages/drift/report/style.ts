import { CHART_STYLE, TONES } from '../../../reports/charts/chart-style.ts';

/** How the drift report looks: light and dark, on a phone, on a screen and on paper. */
export const STYLE = `${TONES}${CHART_STYLE}
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--ink); font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; overflow-wrap: anywhere; }
main { max-width: 60rem; margin: 0 auto; padding: 1.5rem 1rem 3rem; }
h1 { font-size: 1.5rem; line-height: 1.25; margin: 0 0 .75rem; }
h2 { font-size: 1.15rem; margin: 2.25rem 0 .5rem; }
p, ul { margin: 0 0 .75rem; max-width: 46rem; }
ul { padding-left: 1.25rem; }
a { color: var(--link); }
code { font-size: .9em; }
.verdict { border-left: 4px solid var(--tone); background: var(--panel); padding: .75rem 1rem; margin: 0 0 1rem; max-width: none; }
.verdict strong { color: var(--tone); }
.word { color: var(--tone); font-weight: 600; }
.meta, figcaption, .note { color: var(--soft); font-size: .875rem; }
.table { overflow-x: auto; margin: 0 0 1rem; }
.table:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
table { border-collapse: collapse; font-size: .875rem; font-variant-numeric: tabular-nums; min-width: 100%; }
th, td { padding: .35rem .75rem .35rem 0; border-bottom: 1px solid var(--rule); text-align: left; vertical-align: top; overflow-wrap: normal; }
th:last-child, td:last-child { padding-right: 0; }
thead th { color: var(--soft); font-weight: 600; vertical-align: bottom; }
tbody th { font-weight: 500; min-width: 11rem; }
@media (max-width: 30rem) { tbody th { min-width: 6.5rem; } th, td { padding-right: .6rem; } }
.r { text-align: right; }
td.r { white-space: nowrap; }
.fit table { min-width: 0; }
details { margin: 0 0 1rem; }
summary { cursor: pointer; }
summary { font-size: .875rem; }
figure { margin: 0 0 1rem; }
figcaption { margin-top: .25rem; }
figure > svg, .panels > div > svg { display: block; }
.key { display: inline-block; width: .7em; height: .7em; margin-right: .35em; }
.panels { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 17rem), 1fr)); gap: 1rem 1.5rem; }
.panels p { margin: 0; font-size: .875rem; }
@media print { :root { color-scheme: light; --ink: #000; --soft: #444; --rule: #bbb; --page: #fff; --panel: #f3f3f3; --drift: #a11; --watch: #740; --ok: #050; --link: #000; --before: #999; --now: #000; } body { font-size: 10pt; } main { max-width: none; padding: 0; } figure, tr { break-inside: avoid; } h2 { break-after: avoid; } .table { overflow: visible; } details:not([open]) { display: none; } }
`;
