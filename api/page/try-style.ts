/** How the part "Try it" looks. */
export const TRY_STYLE = `.try { display: grid; grid-template-columns: minmax(0, 22rem) minmax(0, 1fr); gap: 0 2.5rem; align-items: start; }
.try[hidden] { display: none; }
.try h2 { margin-top: 0; }
.find { position: relative; margin-bottom: 1rem; }
.find input { width: 100%; }
.find p { margin: .25rem 0 0; }
#try-found { position: absolute; z-index: 2; left: 0; right: 0; margin: 2px 0 0; padding: .25rem 0; list-style: none; background: var(--page); border: 1px solid var(--soft); border-radius: 4px; max-width: none; max-height: 60vh; overflow-y: auto; }
#try-found li { padding: .4rem .6rem; cursor: pointer; }
#try-found li:hover, #try-found [aria-selected="true"] { background: var(--panel); outline: 2px solid var(--link); outline-offset: -2px; }
#try-rated { margin-top: .75rem; }
#try-rated li { display: grid; grid-template-columns: minmax(0, 1fr) auto auto; gap: .5rem; align-items: center; padding: .3rem 0; border-bottom: 1px solid var(--rule); margin: 0; }
.try-buttons { display: flex; flex-wrap: wrap; gap: .5rem; }
.try-fields { display: grid; grid-template-columns: 1fr 1fr; gap: .5rem; margin-bottom: .5rem; }
.sliders { display: flex; flex-wrap: wrap; gap: .25rem 2rem; }
.sliders input { padding: 0; border: 0; width: 12rem; accent-color: var(--link); }
.films { list-style: none; padding: 0; max-width: none; display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 21rem), 1fr)); gap: 1.25rem 1.5rem; }
.film { display: grid; grid-template-columns: 6rem minmax(0, 1fr); gap: .9rem; margin: 0; }
.film h3 { color: var(--ink); font-size: 1rem; margin: 0 0 .15rem; }
.film p { margin: 0 0 .35rem; font-size: .9rem; }
.film-links { display: flex; flex-wrap: wrap; gap: .35rem .75rem; align-items: center; }
.film-links label, label.inline { display: inline-flex; align-items: center; gap: .35rem; margin-left: .5rem; }
.film-links label { margin-left: 0; }
.film-links select, .film-links button, label.inline select { padding: .15rem .35rem; font-size: .8125rem; }
.change { color: var(--link); font-weight: 600; }
.cover { aspect-ratio: 2 / 3; border-radius: 4px; padding: .55rem .5rem; display: flex; flex-direction: column; justify-content: space-between; background: hsl(var(--tint) 38% 30%); color: #fff; overflow: hidden; line-height: 1.2; border-top: .4rem solid hsl(var(--tint) 55% 55%); }
.cover-title { font-weight: 700; font-size: .8rem; display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 6; overflow: hidden; hyphens: auto; }
.cover-facts { font-size: .68rem; }
${Array.from({ length: 12 }, (_, code) => `.tint-${code} { --tint: ${code * 30}; }`).join(' ')}
dialog { border: 1px solid var(--rule); border-radius: 8px; background: var(--page); color: var(--ink); max-width: min(40rem, 92vw); padding: 1.25rem; }
dialog::backdrop { background: rgb(0 0 0 / .45); }
dialog form { background: none; padding: 0; margin: 0; }
@media (max-width: 52rem) { .try { grid-template-columns: minmax(0, 1fr); } }
`;
