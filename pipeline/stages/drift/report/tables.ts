import type { Finding } from '../../../drift/findings/finding.ts';
import type { Contributor, DriftCheck, SignalExplanation, SignalResult } from '../../../drift/signal.ts';
import type { SignalName } from '../../../drift/signals/list.ts';
import { oneLine } from '../../../lib/escape.ts';
import { type BatchFinding, QUALITY_KINDS } from '../../../quality/finding.ts';
import { findingText } from '../../../reports/finding-table.ts';
import { html, type Markup, type Value } from '../../../reports/html.ts';
import {
  formatCount,
  formatInstant,
  formatPercent,
  formatPoints,
  formatStars,
} from '../../../reports/numbers.ts';
import {
  formatEffect,
  formatInterval,
  formatSignalValue,
  formatThreshold,
  SIGNAL_LABELS,
} from '../../../reports/signal-numbers.ts';
import { contributionTables, influenceLines } from '../contributions.ts';
import type { EffectPoint } from '../effect-chart.ts';
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

/** The reasons of the verdicts that are not `ok`, one sentence each. */
export function signalNotes(signals: readonly SignalResult[]): Markup | null {
  const noted = signals.filter(({ verdict, note }) => verdict !== 'ok' && note !== '');
  if (noted.length === 0) return null;
  return html`<ul class="note">${noted.map(
    ({ name, window, verdict, note }) => html`
<li><span class="word ${verdict}">${verdict}</span>: ${SIGNAL_LABELS[name]}, ${window}. ${oneLine(note, 300)}</li>`,
  )}
</ul>`;
}

/** One signal's effects from check to check, the newest first. */
export function effectTable(name: SignalName, points: readonly EffectPoint[]): Markup {
  return table(
    `${SIGNAL_LABELS[name]} from check to check`,
    'lr',
    ['Check', 'Effect'],
    [...points]
      .reverse()
      .map(({ checkedAt, effect }) => [formatInstant(checkedAt), formatEffect({ name, effect })]),
    'fit',
  );
}

/** The contributions to one effect, and what remains without one part. */
export function contributionHtml(
  explanation: SignalExplanation,
  movieTitle: (id: number) => string,
): readonly Markup[] {
  const lines = influenceLines(explanation, movieTitle);
  return [
    ...contributionTables(explanation, movieTitle).map(
      ({ title, align, header, rows }) => html`<p>${title}</p>
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
export function qualityHtmlTable(quality: readonly BatchFinding[]): Markup {
  return table(
    'Data quality',
    'lllll',
    ['Batch', 'Finding', 'Seen', 'Expected', 'What to do'],
    quality.map(({ batch, kind, severity, seen, expected, remedy }) => [
      String(batch),
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

/** The number of ratings, users and movies in the training data and in each window. */
export function sizeTable({ windows, reference }: DriftCheck, modelVersion: number): Markup {
  const row = (name: string, size: DriftCheck['reference']): readonly string[] => [
    name,
    formatCount(size.ratings),
    formatCount(size.users),
    formatCount(size.movies),
  ];
  return table(
    'Sample sizes',
    'lrrr',
    ['Data', 'Ratings', 'Users', 'Movies'],
    [
      row(`Training data of model v${modelVersion}`, reference),
      ...windows.map((window) =>
        row(
          window.name === 'newest' ? 'newest: the newest batch' : 'buffer: everything since the training',
          window,
        ),
      ),
    ],
  );
}
