import type { PastCheck, PipelineHistory } from '../../pipeline/history/pipeline-history.ts';
import { oneLine } from '../../pipeline/lib/escape.ts';
import { effectSpark, panelPoints } from '../../pipeline/reports/charts/effect-panels.ts';
import { html, type Markup } from '../../pipeline/reports/html.ts';
import { formatCount } from '../../pipeline/reports/numbers.ts';
import { formatEffect, SIGNAL_LABELS } from '../../pipeline/reports/signal-numbers.ts';
import { raisedSignals } from '../../pipeline/reports/signal-order.ts';
import { chartFigure } from './chart.ts';
import {
  batchChecks,
  type ChartSignal,
  type CheckRange,
  checksWithin,
  defaultSignal,
  effectChartOf,
  gainChartOf,
  SIGNAL_NAMES,
} from './drift-charts.ts';
import { checkView } from './drift-check.ts';
import { comparisonView } from './drift-comparison.ts';
import type { PageData } from './page-data.ts';
import { badgeOf, dataTable, emptyState, options, type PartContent, when } from './parts.ts';
import { type PageQuery, queryText } from './query.ts';
import { TEXT } from './text.ts';

const { drift: WORDS, empty } = TEXT;
const ROWS = 20;
const CHOICES = 30;
export const VERDICTS = ['drift', 'watch', 'ok', 'insufficient'] as const;

/** The part about drift: signals over batches and all checks, one check, or two side by side. */
export function driftPart(data: PageData, query: PageQuery): PartContent {
  const { history } = data;
  if (history === null) return { title: empty.noHistory.title, body: emptyState(empty.noHistory) };
  const { checks } = history;
  if (checks.length === 0) return { title: empty.noCheck.title, body: emptyState(empty.noCheck) };
  const sought = query.whole('check');
  if (sought === null) return overview(history, query);
  const check = checks.find(({ checkId }) => checkId === sought);
  if (check === undefined) {
    return { title: WORDS.unknown(sought), body: html`<p><a href="/drift">${WORDS.all}</a></p>` };
  }
  const other = checks.find(({ checkId }) => checkId === query.whole('with'));
  return other === undefined ? checkView(data, history, check) : comparisonView(check, other);
}

/** The choice of signal, verdict and dates of a request. */
export interface DriftChoice extends CheckRange {
  readonly signal: ChartSignal | null;
}

export const driftChoice = (query: PageQuery): DriftChoice => ({
  signal: query.oneOf('signal', SIGNAL_NAMES),
  verdict: query.oneOf('verdict', VERDICTS),
  from: query.day('from'),
  to: query.day('to'),
});

function overview(history: PipelineHistory, query: PageQuery): PartContent {
  const choice = driftChoice(query);
  const checks = checksWithin(history.checks, choice);
  const { signal: _, ...range } = choice;
  const signal = choice.signal ?? defaultSignal(checks);
  const newest = history.checks.at(-1) as PastCheck;
  const [strongest] = raisedSignals(newest);
  const found = history.checks.filter(({ verdict }) => verdict === 'drift').length;
  return {
    title: WORDS.title(
      TEXT.verdicts[newest.verdict],
      strongest && `${SIGNAL_LABELS[strongest.name]} ${formatEffect(strongest)}`,
      history.checks.length,
      found,
    ),
    body: html`<p>${WORDS.newest}<a href="/drift?check=${newest.checkId}">${WORDS.check(newest.checkId)}</a>, ${when(newest.at)}.</p>
${filterForm(choice, signal)}
${
  checks.length === 0
    ? html`<p>${empty.nothingFound} <a href="/drift">${WORDS.all}</a></p>`
    : html`${chartFigure(effectChartOf(checks, signal), queryText({ ...range, signal }))}
<h2>${WORDS.everySignal}</h2>
${sparks(checks, signal, range)}
${chartFigure(gainChartOf(history), '')}
<h2 id="checks">${WORDS.checks}</h2>
${compareForm(checks)}
${checkTable(checks, query.whole('before'), choice)}`
}`,
  };
}

function filterForm({ verdict, from, to }: DriftChoice, signal: ChartSignal): Markup {
  const day = (name: string, label: string, value: string | null): Markup =>
    html`<label>${label}<input type="date" name="${name}" value="${value ?? ''}"></label>`;
  return html`<form action="/drift" method="get" aria-label="${WORDS.filter}">
<label>${WORDS.signal}<select name="signal">${options(
    SIGNAL_NAMES.map((name) => [name, SIGNAL_LABELS[name]]),
    signal,
  )}</select></label>
<label>${WORDS.verdict}<select name="verdict">${options(
    [['', WORDS.any], ...VERDICTS.map((name) => [name, TEXT.verdicts[name]] as const)],
    verdict ?? '',
  )}</select></label>
${day('from', WORDS.from, from)}${day('to', WORDS.to, to)}
<button>${WORDS.show}</button>
</form>`;
}

/** Every signal over batches at a glance. Each leads to its chart. */
function sparks(checks: readonly PastCheck[], shown: ChartSignal, range: CheckRange): Markup {
  const batches = batchChecks(checks);
  return html`<ul class="panels">${SIGNAL_NAMES.map((name) => {
    const points = panelPoints(name, batches);
    const newest = points.at(-1)?.signal;
    const raised = points.filter(({ signal: { verdict } }) => verdict === 'drift').length;
    return html`<li><a href="/drift?${queryText({ ...range, signal: name })}#effect"${name === shown ? html` aria-current="true"` : null}>${SIGNAL_LABELS[name]}</a>
${effectSpark(points)}
<span class="soft">${newest === undefined ? WORDS.neverMeasured : html`${badgeOf(newest.verdict, formatEffect(newest))}${raised === 0 ? '' : `, ${WORDS.raised(raised, points.length)}`}`}</span></li>`;
  })}</ul>`;
}

/** The choice of two checks. */
function compareForm(checks: readonly PastCheck[]): Markup | null {
  if (checks.length < 2) return null;
  const shown = checks.slice(-CHOICES).toReversed();
  const choices = shown.map(({ checkId, at, verdict }) => [
    String(checkId),
    `${checkId}: ${at.slice(0, 10)}, ${TEXT.verdicts[verdict]}`,
  ]) as readonly (readonly [string, string])[];
  return html`<form action="/drift" method="get" aria-label="${WORDS.compare}">
<label>${WORDS.first}<select name="check">${options(choices, choices[1]?.[0] ?? '')}</select></label>
<label>${WORDS.second}<select name="with">${options(choices, choices[0]?.[0] ?? '')}</select></label>
<button>${WORDS.compare}</button>
</form>`;
}

/** The checks, newest first, those before one of them. */
function checkTable(checks: readonly PastCheck[], before: number | null, choice: DriftChoice): Markup {
  const older = before === null ? checks : checks.filter(({ checkId }) => checkId < before);
  const shown = older.slice(-ROWS).toReversed();
  const last = shown.at(-1);
  return html`${dataTable(
    WORDS.checks,
    'llllrl',
    WORDS.checkHeader,
    shown.map((check) => {
      const [strongest] = raisedSignals(check);
      return [
        html`<a href="/drift?check=${check.checkId}">${check.checkId}</a>`,
        when(check.at),
        badgeOf(check.verdict),
        `v${check.modelVersion}`,
        formatCount(check.bufferRatings),
        strongest === undefined
          ? ''
          : oneLine(`${SIGNAL_LABELS[strongest.name]}, ${strongest.window}: ${formatEffect(strongest)}`),
      ];
    }),
  )}
${older.length > shown.length && last !== undefined ? html`<p><a href="/drift?${queryText({ ...choice, before: last.checkId })}#checks">${TEXT.older(older.length - shown.length)}</a></p>` : null}`;
}
