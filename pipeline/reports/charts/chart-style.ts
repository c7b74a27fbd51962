/** The colours of pages and charts, light and dark, as CSS variables. */
export const TONES = `:root { color-scheme: light dark; --ink: #1c2128; --soft: #59636e; --rule: #d1d9e0; --page: #fff; --panel: #f6f8fa; --drift: #b42318; --watch: #8a5a00; --ok: #1a6e37; --link: #0a5bc4; --before: #8c959f; --now: #0a5bc4; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6edf3; --soft: #9aa5b1; --rule: #3a424c; --page: #0f141a; --panel: #171d25; --drift: #ff8a80; --watch: #e3b341; --ok: #6fd08c; --link: #79b8ff; --before: #6e7781; --now: #79b8ff; } }
`;

/** How the drawings look, with the colours of `TONES`. */
export const CHART_STYLE = `.drift { --tone: var(--drift); } .watch { --tone: var(--watch); } .ok { --tone: var(--ok); } .insufficient { --tone: var(--soft); }
svg { overflow: visible; }
svg text { fill: var(--ink); font: 13px system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
svg .faint { fill: var(--soft); font-size: 12px; }
svg .grid { stroke: var(--rule); } svg .bar { stroke: var(--soft); stroke-dasharray: 4 3; }
svg .band { fill: var(--panel); } svg .row { stroke: var(--rule); stroke-opacity: .6; }
svg .mark { stroke: var(--tone); fill: var(--tone); } svg .whisker { stroke: var(--tone); stroke-width: 2; } svg .path { stroke: var(--soft); stroke-width: 1.5; }
svg .before, .key.before { fill: var(--before); background: var(--before); } svg .now, .key.now { fill: var(--now); background: var(--now); }
svg .rises { fill: var(--now); } svg .falls { fill: var(--watch); } svg .change { stroke: var(--link); stroke-dasharray: 2 3; }
.measured { --tone: var(--now); } .curve { --tone: var(--soft); } .realised { --tone: var(--ok); }
svg .span-even { fill: var(--now); } svg .span-odd { fill: var(--soft); } svg .on-bar { fill: var(--page); font-weight: 600; }
svg .part-updated { fill: var(--ok); } svg .part-rejected { fill: var(--drift); }
svg .hollow { fill: var(--page); stroke-width: 2; }
svg .value { fill: var(--tone); font-weight: 600; }
`;
