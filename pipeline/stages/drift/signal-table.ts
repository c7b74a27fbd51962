import type { DriftCheck, SignalResult } from '../../drift/signal.ts';
import { escapeMarkdown } from '../../lib/escape.ts';
import { details, paragraphs, plural, table } from '../../reports/markdown.ts';
import { formatPercent, NO_VALUE } from '../../reports/numbers.ts';
import {
  formatEffect,
  formatInterval,
  formatSignalValue,
  formatThreshold,
  pairedLines,
  SIGNAL_LABELS,
} from '../../reports/signal-numbers.ts';
import { isRaised, raisedSignals } from '../../reports/signal-order.ts';

/** `Effect [99% CI]`; without the confidence where it is not known, plain where there are no intervals. */
function effectHeading(signals: readonly SignalResult[], confidence: number | null): string {
  if (signals.every(({ interval }) => interval === null)) return 'Effect';
  return confidence === null ? 'Effect [interval]' : `Effect [${formatPercent(confidence, 0)} CI]`;
}

/** The effect with its interval: `+0.24★ [+0.17★, +0.31★]`. */
function effectCell(signal: SignalResult): string {
  const interval = formatInterval(signal);
  return interval === NO_VALUE ? formatEffect(signal) : `${formatEffect(signal)} ${interval}`;
}

/** One row a signal and window, in the order given. */
export function signalTable(signals: readonly SignalResult[], confidence: number | null): string {
  return table(
    {
      header: [
        'Signal',
        'Window',
        'Reference',
        'Now',
        effectHeading(signals, confidence),
        'Threshold',
        'Verdict',
      ],
      rows: signals.map((signal) => [
        SIGNAL_LABELS[signal.name],
        signal.window,
        formatSignalValue(signal.name, signal.reference),
        formatSignalValue(signal.name, signal.value),
        effectCell(signal),
        formatThreshold(signal),
        signal.verdict === 'drift' ? '**drift**' : signal.verdict,
      ]),
    },
    'llrrrrl',
  );
}

/** All signals of a check: the raised ones in a table, the others in a collapsed section. */
export function signalSection(check: DriftCheck, confidence: number | null): string {
  const raised = raisedSignals(check);
  const quiet = check.signals.filter((signal) => !isRaised(signal));
  const unjudged = quiet
    .filter(({ verdict, note }) => verdict === 'insufficient' && note !== '')
    .map(({ name, window, note }) => `- ${SIGNAL_LABELS[name]}, ${window}: ${escapeMarkdown(note, 300)}`);
  const paired = (some: readonly SignalResult[]): string =>
    pairedLines(some)
      .map((line) => `- ${line}`)
      .join('\n');
  return paragraphs([
    raised.length === 0 ? 'No signal is raised.' : signalTable(raised, confidence),
    paired(raised),
    quiet.length === 0
      ? null
      : details(
          raised.length === 0
            ? 'All signals'
            : `${quiet.length} other ${plural(quiet.length, 'signal')}, not raised`,
          paragraphs([signalTable(quiet, confidence), [...unjudged, paired(quiet)].join('\n').trim()]),
        ),
  ]);
}
