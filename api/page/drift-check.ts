import type { PastCheck, PipelineHistory } from '../../pipeline/history/pipeline-history.ts';
import { oneLine } from '../../pipeline/lib/escape.ts';
import { contributionBars } from '../../pipeline/reports/charts/contribution-bars.ts';
import {
  contributionTables,
  explanationsInOrder,
  explanationTitle,
  influenceLines,
} from '../../pipeline/reports/contributions.ts';
import { findingText } from '../../pipeline/reports/finding-table.ts';
import { html, type Markup } from '../../pipeline/reports/html.ts';
import { formatCount, formatPercent } from '../../pipeline/reports/numbers.ts';
import { qualityLabel } from '../../pipeline/reports/quality-table.ts';
import { formatEffect, SIGNAL_LABELS } from '../../pipeline/reports/signal-numbers.ts';
import { raisedSignals } from '../../pipeline/reports/signal-order.ts';
import type { Serving } from '../../pipeline/serving/open-serving.ts';
import { chartFigure } from './chart.ts';
import { forestChartOf, genresChartOf, levelsChartOf } from './drift-charts.ts';
import type { PageData } from './page-data.ts';
import { badgeOf, dataTable, type PartContent, when } from './parts.ts';
import { queryText } from './query.ts';
import { TEXT } from './text.ts';

const { drift: WORDS } = TEXT;
/** Effects that are explained. */
const EXPLAINED = 2;

/** One check: what it found, where it comes from, and what was decided. */
export function checkView({ serving }: PageData, history: PipelineHistory, check: PastCheck): PartContent {
  const { checkId, at, modelVersion, newestBatchId, verdict, bufferRatings, decision } = check;
  const [strongest] = raisedSignals(check);
  const query = queryText({ check: checkId });
  const index = history.checks.indexOf(check);
  const beside = (step: -1 | 1, text: string): Markup | null => {
    const one = history.checks[index + step];
    return one === undefined ? null : html`<a href="/drift?check=${one.checkId}">${text}</a>`;
  };
  const confidence = check.preset === 'robust' ? formatPercent(history.facts.confidence, 0) : null;
  return {
    title: WORDS.checkTitle(
      checkId,
      TEXT.verdicts[verdict],
      strongest && `${SIGNAL_LABELS[strongest.name]} ${formatEffect(strongest)}`,
    ),
    body: html`<p class="links">${beside(-1, WORDS.previous)} ${beside(1, WORDS.next)} <a href="/drift">${WORDS.all}</a></p>
<p>${badgeOf(verdict)} ${when(at)}; ${WORDS.comparedWith(newestBatchId, formatCount(bufferRatings), modelVersion)}${confidence === null ? '' : `, ${WORDS.intervals(confidence)}`}. <a href="/models?model=${modelVersion}">${WORDS.model(modelVersion)}</a></p>
${decision === null ? null : html`<p>${TEXT.now.decided[decision.decision]}: ${decision.reasons.map((reason) => oneLine(reason, 300)).join('; ')}.</p>`}
${chartFigure(forestChartOf(check), query)}
<div class="two">${chartFigure(levelsChartOf(check), query)}${chartFigure(genresChartOf(check), query)}</div>
${explanations(check, serving)}
${findings(check, serving)}
${quality(check)}`,
  };
}

/** The titles of movies, as the bundle knows them. */
const titleOf =
  ({ catalogue }: Serving) =>
  (id: number): string => {
    const row = catalogue.movies.rowOf(id);
    const title = row < 0 ? '' : catalogue.titleOf(row);
    return title === '' ? `movie ${id}` : title;
  };

/** Where the strongest effects come from. */
function explanations(check: PastCheck, serving: Serving): Markup | null {
  const explained = explanationsInOrder(check).slice(0, EXPLAINED);
  if (explained.length === 0) return null;
  const title = titleOf(serving);
  return html`<section aria-labelledby="from">
<h2 id="from">${WORDS.comesFrom}</h2>
${explained.map((one, index) => {
  const lines = influenceLines(one, title);
  return html`<h3>${explanationTitle(one)}</h3>
<div class="two">${contributionTables(one, title).map(({ title: total, rows, parts }, at) => {
    const names = rows.map(([name = '']) => name);
    const bars = contributionBars(one.signal, { parts }, names, total, `from-${index}-${at}`);
    return bars === null ? null : html`<figure><figcaption>${total}</figcaption>${bars}</figure>`;
  })}</div>
${lines.length === 0 ? null : html`<ul>${lines.map(({ part, text }) => html`<li>${oneLine(part)}, ${text}</li>`)}</ul>`}`;
})}
</section>`;
}

function findings({ findings: found }: PastCheck, serving: Serving): Markup | null {
  if (found.length === 0) return null;
  return html`<h2>${WORDS.recognised}</h2>
${dataTable(
  WORDS.recognised,
  'llrll',
  WORDS.findingHeader,
  found.map((finding) => {
    const { label, who, ratings, seen, remains } = findingText(finding, titleOf(serving));
    return [
      label,
      finding.of === 'user' ? WORDS.users(finding.count) : oneLine(who, 300),
      ratings,
      seen,
      remains,
    ];
  }),
)}`;
}

function quality({ quality: found }: PastCheck): Markup | null {
  if (found.length === 0) return null;
  return html`<h2>${WORDS.quality}</h2>
${dataTable(
  WORDS.quality,
  'lllll',
  WORDS.qualityHeader,
  found.map(({ batch, kind, severity, seen, expected, remedy }) => [
    String(batch),
    `${qualityLabel(kind)} (${severity})`,
    oneLine(seen, 300),
    oneLine(expected, 300),
    oneLine(remedy, 300),
  ]),
)}`;
}
