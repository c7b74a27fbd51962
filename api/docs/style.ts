/** The CSS of the page: light and dark, for phones and screens. */
export const DOCS_STYLE = `
:root { color-scheme: light dark; --ink: #1c2128; --soft: #59636e; --rule: #d1d9e0; --page: #fff; --panel: #f6f8fa; --link: #0a5bc4; --method: #1a6e37; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6edf3; --soft: #9aa5b1; --rule: #3a424c; --page: #0f141a; --panel: #171d25; --link: #79b8ff; --method: #6fd08c; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--ink); font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; overflow-wrap: anywhere; }
main { max-width: 58rem; margin: 0 auto; padding: 1.5rem 1rem 4rem; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0 0 .75rem; }
h2 { font-size: 1.3rem; margin: 2.75rem 0 .25rem; }
h3 { font-size: 1.05rem; margin: 0 0 .5rem; }
p { margin: 0 0 .75rem; max-width: 46rem; }
a { color: var(--link); }
code { font-size: .9em; }
pre { margin: 0 0 1rem; padding: .6rem .8rem; background: var(--panel); white-space: pre-wrap; }
.in-1 { padding-left: 1.1rem; }
.in-2 { padding-left: 2.2rem; }
nav { display: grid; grid-template-columns: repeat(auto-fill, minmax(15rem, 1fr)); gap: 0 1.5rem; background: var(--panel); padding: .5rem 1rem 1rem; }
nav h2 { font-size: .95rem; margin: .75rem 0 .25rem; }
nav ul { list-style: none; margin: 0; padding: 0; font-size: .9rem; }
nav a { text-decoration: none; }
nav a:hover { text-decoration: underline; }
article { border-top: 1px solid var(--rule); padding: 1.25rem 0 .5rem; }
article:target h3 { text-decoration: underline; }
.method { color: var(--method); font-size: .75em; font-weight: 700; letter-spacing: .03em; }
.soft { color: var(--soft); font-size: .9rem; }
.table { overflow-x: auto; margin: 0 0 1rem; }
.table:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
table { border-collapse: collapse; font-size: .875rem; min-width: 100%; }
th, td { padding: .3rem 1rem .3rem 0; border-bottom: 1px solid var(--rule); text-align: left; vertical-align: top; overflow-wrap: normal; }
th { color: var(--soft); font-weight: 600; }
td:first-child { white-space: nowrap; }
td:first-child:nth-last-child(2) { width: 6rem; }
td:nth-child(2) { min-width: 8rem; }
td:last-child { min-width: 12rem; padding-right: 0; }
td:nth-child(3):last-child { width: 60%; }
@media (max-width: 34rem) {
  th, td { padding-right: .6rem; }
  td:nth-child(2) { min-width: 5.5rem; }
  td:last-child { min-width: 8rem; }
  .in-1 { padding-left: .6rem; }
  .in-2 { padding-left: 1.2rem; }
}
`;
