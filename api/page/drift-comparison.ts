import type { PastCheck } from '../../pipeline/history/pipeline-history.ts';
import { html, type Value } from '../../pipeline/reports/html.ts';
import { formatCount } from '../../pipeline/reports/numbers.ts';
import { formatEffect, formatInterval, SIGNAL_LABELS } from '../../pipeline/reports/signal-numbers.ts';
import { chartFigure } from './chart.ts';
import { genresChartOf, levelsChartOf } from './drift-charts.ts';
import { badgeOf, dataTable, type PartContent, when } from './parts.ts';
import { queryText } from './query.ts';
import { TEXT } from './text.ts';

const { drift: WORDS } = TEXT;

/** Two checks side by side. */
export function comparisonView(a: PastCheck, b: PastCheck): PartContent {
  const both = [a, b] as const;
  const cell = (check: PastCheck, name: string, window: string): Value => {
    const signal = check.signals.find((one) => one.name === name && one.window === window);
    if (signal === undefined || signal.effect === null) return '–';
    return html`${badgeOf(signal.verdict, formatEffect(signal))} <span class="soft">${formatInterval(signal)}</span>`;
  };
  const names = [
    ...new Set(both.flatMap(({ signals }) => signals.map(({ name, window }) => `${name} ${window}`))),
  ];
  const changed = names.filter((key) => {
    const [name, window] = key.split(' ');
    const [one, other] = both.map(
      ({ signals }) => signals.find((signal) => signal.name === name && signal.window === window)?.verdict,
    );
    return one !== other;
  }).length;
  return {
    title: WORDS.comparison(a.checkId, b.checkId, changed),
    body: html`<p class="links"><a href="/drift#checks">${WORDS.all}</a></p>
${dataTable(
  WORDS.compare,
  'lll',
  [
    WORDS.side,
    ...both.map(({ checkId }) => html`<a href="/drift?check=${checkId}">${WORDS.check(checkId)}</a>`),
  ],
  [
    [WORDS.at, ...both.map(({ at }) => when(at))],
    [WORDS.verdict, ...both.map(({ verdict }) => badgeOf(verdict))],
    [
      WORDS.champion,
      ...both.map(({ modelVersion }) => html`<a href="/models?model=${modelVersion}">v${modelVersion}</a>`),
    ],
    [WORDS.newestBatch, ...both.map(({ newestBatchId }) => String(newestBatchId))],
    [WORDS.newRatings, ...both.map(({ bufferRatings }) => formatCount(bufferRatings))],
    ...names.map((key) => {
      const [name = '', window = ''] = key.split(' ');
      const label = SIGNAL_LABELS[name as keyof typeof SIGNAL_LABELS];
      return [`${label}, ${window}`, cell(a, name, window), cell(b, name, window)];
    }),
  ],
)}
<div class="two">${both.map((check, side) => {
      const query = queryText({ check: check.checkId });
      return html`<section aria-label="${WORDS.check(check.checkId)}"><h2>${WORDS.check(check.checkId)}</h2>
${chartFigure(levelsChartOf(check, `levels-${side}`), query)}${chartFigure(genresChartOf(check, `genres-${side}`), query)}</section>`;
    })}</div>`,
  };
}
