import type { Finding } from '../../../drift/findings/finding.ts';
import type {
  Contributor,
  DriftCheck,
  DriftEvidence,
  SignalExplanation,
  SignalResult,
} from '../../../drift/signal.ts';
import type { SignalName } from '../../../drift/signals/list.ts';
import { oneLine } from '../../../lib/escape.ts';
import { type BatchFinding, QUALITY_KINDS } from '../../../quality/finding.ts';
import { contributionBars } from '../../../reports/charts/contribution-bars.ts';
import { type BatchCheck, effectText } from '../../../reports/charts/effect-panels.ts';
import { GAIN_KINDS, type GainPoint } from '../../../reports/charts/gain-chart.ts';
import type { LevelShares } from '../../../reports/charts/histogram.ts';
import {
  type ContributionTable,
  contributionTables,
  type ExplainedEffect,
  influenceLines,
} from '../../../reports/contributions.ts';
import { findingText } from '../../../reports/finding-table.ts';
import { html, type Markup, type Value } from '../../../reports/html.ts';
import {
  formatChange,
  formatCount,
  formatInstant,
  formatPercent,
  formatPoints,
  formatStars,
  NO_VALUE,
} from '../../../reports/numbers.ts';
import {
  formatEffect,
  formatInterval,
  formatSignalValue,
  formatThreshold,
  pairedLines,
  SIGNAL_LABELS,
} from '../../../reports/signal-numbers.ts';
import { evidenceText, type SignalWithEvidence } from '../evidence-history.ts';
import { gainRows, type ShownGains } from '../gain-table.ts';

/**
 * A table that scrolls sideways where it is too wide, also with the keyboard.
 *
 * @param label its subject, for screen readers.
 * @param align one letter a column, `l` or `r`; the first column names the row.
 */
function table(
  label: string,
  align: string,
  header: readonly string[],
  rows: readonly (readonly Value[])[],
  width: 'full' | 'fit' = 'full',
): Markup {
  const side = (column: number): Markup | null => (align[column] === 'r' ? html` class="r"` : null);
  return html`<div class="table ${width}" role="region" aria-label="${label}" tabindex="0"><table>
<thead><tr>${header.map((text, column) => html`<th scope="col"${side(column)}>${text}</th>`)}</tr></thead>
<tbody>${rows.map(
    (cells) => html`
<tr>${cells.map((cell, column) => (column === 0 ? html`<th scope="row">${cell}</th>` : html`<td${side(column)}>${cell}</td>`))}</tr>`,
  )}
</tbody></table></div>`;
}

/** Every signal with its numbers and verdict, in the order given. */
export function signalHtmlTable(signals: readonly SignalResult[], confidence: number | null): Markup {
  const interval = confidence === null ? 'Interval' : `${formatPercent(confidence, 0)} interval`;
  return table(
    'All signals',
    'lllrrrrr',
    ['Signal', 'Window', 'Verdict', 'Effect', 'Threshold', interval, 'In training', 'Now'],
    signals.map((signal) => [
      SIGNAL_LABELS[signal.name],
      signal.window,
      html`<span class="word ${signal.verdict}">${signal.verdict}</span>`,
      formatEffect(signal),
      formatThreshold(signal),
      formatInterval(signal),
      formatSignalValue(signal.name, signal.reference),
      formatSignalValue(signal.name, signal.value),
    ]),
  );
}

/** What retraining gains; null when nothing could be measured. */
export function gainHtmlTable(gains: ShownGains): Markup | null {
  const { header, rows } = gainRows(gains);
  return rows.length === 0 ? null : table('What retraining gains', 'llrrrr', header, rows);
}

/**
 * The reasons of the raised verdicts and the paired form of errors, one sentence each, and a collapsed list of why the
 * others could not be judged.
 */
export function signalNotes(signals: readonly SignalResult[]): Markup | null {
  const noted = signals.filter(({ verdict, note }) => verdict !== 'ok' && note !== '');
  const unjudged = noted.filter(({ verdict }) => verdict === 'insufficient').map(noteOf);
  const shown = [
    ...noted.filter(({ verdict }) => verdict !== 'insufficient').map(noteOf),
    ...pairedLines(signals).map((line) => html`${line}`),
  ];
  if (unjudged.length + shown.length === 0) return null;
  return html`${shown.length === 0 ? null : noteList(shown)}${
    unjudged.length === 0
      ? null
      : html`
<details><summary>Why ${unjudged.length} could not be judged</summary>
${noteList(unjudged)}
</details>`
  }`;
}

const noteOf = ({ name, window, verdict, note }: SignalResult): Markup =>
  html`<span class="word ${verdict}">${verdict}</span>: ${SIGNAL_LABELS[name]}, ${window}. ${oneLine(note, 300)}`;

const noteList = (items: readonly Markup[]): Markup =>
  html`<ul class="note">${items.map(
    (item) => html`
<li>${item}</li>`,
  )}
</ul>`;

/** Every signal's effect on each batch, the newest first. */
export function panelTable(checks: readonly BatchCheck[], names: readonly SignalName[]): Markup {
  return table(
    'Every signal over batches',
    `ll${'r'.repeat(names.length)}`,
    ['Batch', 'Checked', ...names.map((name) => SIGNAL_LABELS[name])],
    checks.toReversed().map(({ batchId, modelVersion, checkedAt, signals }) => [
      `${batchId} (model v${modelVersion})`,
      formatInstant(checkedAt),
      ...names.map((name) => {
        const signal = signals.find((one) => one.name === name && one.window === 'newest');
        if (signal === undefined || signal.effect === null) return NO_VALUE;
        return html`${effectText(signal)} <span class="${`word ${signal.verdict}`}">${signal.verdict}</span>`;
      }),
    ]),
  );
}

/** The evidence of one signal after each batch, the newest first. */
export function evidencePointTable(points: readonly DriftEvidence[]): Markup {
  return table(
    'Evidence after each batch',
    'rrrl',
    ['Batches since the training', 'Evidence', 'Bar', 'Reached'],
    points
      .toReversed()
      .map((point) => [
        String(point.batches),
        evidenceText(point.value),
        evidenceText(point.bar),
        point.value >= point.bar ? 'yes' : 'no',
      ]),
    'fit',
  );
}

/** The evidence of every signal, with the effect that it is about, in the order given. */
export function evidenceTable(signals: readonly SignalWithEvidence[]): Markup {
  return table(
    'Evidence of every signal',
    'lrrrr',
    ['Signal', 'Effect of all batches', 'Threshold', 'Evidence', 'Bar'],
    signals.map((signal) => [
      SIGNAL_LABELS[signal.name],
      formatEffect(signal),
      formatThreshold(signal),
      evidenceText(signal.evidence.value),
      evidenceText(signal.evidence.bar),
    ]),
  );
}

/** What retraining gained on each batch, the newest first. */
export function gainHistoryTable(points: readonly GainPoint[]): Markup {
  return table(
    'Gains of retraining over batches',
    'lllrr',
    ['Batch', 'Model', 'Gain', 'In RMSE', 'Interval'],
    points
      .toReversed()
      .map(({ batchId, modelVersion, kind, gain, interval }) => [
        String(batchId),
        `v${modelVersion}`,
        GAIN_KINDS[kind].label,
        formatChange(gain),
        interval === null ? NO_VALUE : `[${interval.map((end) => formatChange(end)).join(', ')}]`,
      ]),
    'fit',
  );
}

/** The share of each rating level. */
export function levelTable(shares: readonly LevelShares[], names: readonly [string, string]): Markup {
  return table(
    'Share of each rating level',
    'lrr',
    ['Rating', ...names],
    shares.map(({ label, before, now }) => [label, formatPercent(before), formatPercent(now)]),
    'fit',
  );
}

/**
 * The contributions to one effect, and what remains without one part.
 *
 * @param id distinguishes its drawings from the others of the page.
 */
export function contributionHtml(
  explanation: ExplainedEffect,
  movieTitle: (id: number) => string,
  id: string,
): readonly Markup[] {
  const lines = influenceLines(explanation, movieTitle);
  return [
    ...contributionTables(explanation, movieTitle).map(
      ({ title, align, header, rows, parts }, index) => html`<p>${title}</p>
${barsOf(explanation, { title, rows, parts }, `${id}-${index + 1}`)}
${table(
  title,
  align,
  header,
  rows.map(([part = '', ...cells]) => [oneLine(part), ...cells]),
)}`,
    ),
    ...(lines.length === 0
      ? []
      : [
          html`<ul>${lines.map(
            ({ part, text }) => html`
<li>${oneLine(part)}, ${text}</li>`,
          )}
</ul>`,
        ]),
  ];
}

function barsOf(
  { signal }: SignalExplanation,
  { title, rows, parts }: Pick<ContributionTable, 'title' | 'rows' | 'parts'>,
  id: string,
): Markup | null {
  const names = rows.map(([name = '']) => name);
  const bars = contributionBars(signal, { parts }, names, title, id);
  return bars === null ? null : html`<figure>${bars}</figure>`;
}

/** The genres, movies and user groups that changed most. */
export function contributorHtmlTable(
  contributors: readonly Contributor[],
  movieTitle: (id: number) => string,
): Markup {
  return table(
    'Parts that changed most',
    'llrrrr',
    ['Part', 'Kind', 'Share in training', 'Share now', 'Change', 'Mean now'],
    contributors.map(({ kind, label, referenceShare, windowShare, windowMean }) => [
      oneLine(kind === 'movie' ? movieTitle(Number(label)) : label),
      kind === 'user-group' ? 'users' : kind,
      formatPercent(referenceShare),
      formatPercent(windowShare),
      formatPoints(windowShare - referenceShare),
      formatStars(windowMean),
    ]),
  );
}

/** What is wrong with the batches of a check apart from drift. */
export function qualityHtmlTable(
  quality: readonly BatchFinding[],
  nameOf: (batch: number) => string,
): Markup {
  return table(
    'Data quality',
    'lllll',
    ['Batch', 'Finding', 'Seen', 'Expected', 'What to do'],
    quality.map(({ batch, kind, severity, seen, expected, remedy }) => [
      oneLine(nameOf(batch), 100),
      `${QUALITY_KINDS[kind]} (${severity})`,
      oneLine(seen, 300),
      oneLine(expected, 300),
      oneLine(remedy, 300),
    ]),
  );
}

/** What was recognised in the newest batch by name. */
export function findingHtmlTable(findings: readonly Finding[], movieTitle: (id: number) => string): Markup {
  return table(
    'Recognised',
    'llrll',
    ['Found in the newest batch', 'Who', 'Ratings', 'Seen', 'Effect → without it'],
    findings.map((finding) => {
      const { label, who, ratings, seen, remains } = findingText(finding, movieTitle);
      return [label, oneLine(who, 300), ratings, seen, remains];
    }),
  );
}

/**
 * The number of ratings, users and movies in the reference and in each window.
 *
 * @param compared the names of the compared files, or what the reference is called.
 */
export function sizeTable(
  { windows, reference }: DriftCheck,
  compared: string | { readonly baseline: string; readonly current: readonly string[] },
): Markup {
  const isOfFiles = typeof compared !== 'string';
  const row = (name: string, size: DriftCheck['reference']): readonly string[] => [
    name,
    formatCount(size.ratings),
    formatCount(size.users),
    formatCount(size.movies),
  ];
  const newest = isOfFiles ? (compared.current.at(-1) ?? '') : 'the newest batch';
  const buffer = isOfFiles ? 'all files' : 'everything since the training';
  return table(
    'Sample sizes',
    'lrrr',
    ['Data', 'Ratings', 'Users', 'Movies'],
    [
      row(oneLine(isOfFiles ? compared.baseline : compared, 100), reference),
      ...windows.map((window) =>
        row(oneLine(`${window.name}: ${window.name === 'newest' ? newest : buffer}`, 100), window),
      ),
    ],
  );
}
