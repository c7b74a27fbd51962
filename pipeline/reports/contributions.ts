import type { ContributingPart, Contributions, Influence, Partition } from '../drift/explain/explanation.ts';
import type { DriftCheck, SignalExplanation } from '../drift/signal.ts';
import type { TableText } from './markdown.ts';
import { formatCount, formatPercent } from './numbers.ts';
import { formatDifference, formatEffect, formatSignalValue, SIGNAL_LABELS } from './signal-numbers.ts';
import { raisedSignals } from './signal-order.ts';

/** The contributions to one effect by one partition, as text. The first cell of a row may be untrusted. */
export interface ContributionTable extends TableText {
  /** `By genre: +0.24★`. */
  readonly title: string;
  /** One letter a column, `l` or `r`. */
  readonly align: string;
  /** The parts of the rows; the last row is their sum. */
  readonly parts: readonly ContributingPart[];
}

const PARTITIONS: Readonly<Record<Partition, { readonly title: string; readonly part: string }>> = {
  genre: { title: 'By genre', part: 'Genre' },
  movie: { title: 'By movie', part: 'Movie' },
  'user-group': { title: 'By group of users', part: 'Users' },
  user: { title: 'By user', part: 'User' },
};

/** An explanation with the effect that it explains. */
export interface ExplainedEffect extends SignalExplanation {
  readonly effect: number | null;
}

/** The explanations of a check, that of the strongest signal first. */
export function explanationsInOrder(
  check: Pick<DriftCheck, 'signals' | 'explanations'>,
): readonly ExplainedEffect[] {
  return raisedSignals(check).flatMap(({ name, window, effect }) =>
    check.explanations
      .filter((one) => one.signal === name && one.window === window)
      .map((one) => ({ ...one, effect })),
  );
}

/** `Mean per user, newest`: text of our own. */
export const explanationTitle = ({ signal, window }: SignalExplanation): string =>
  `${SIGNAL_LABELS[signal]}, ${window}`;

/**
 * One table for each partition. The last row is the sum of the others. Single users are shown only where there is nothing
 * else to divide by.
 */
export function contributionTables(
  { signal, contributions }: SignalExplanation,
  movieTitle: (id: number) => string,
): readonly ContributionTable[] {
  const shown = contributions.filter(({ partition }) => partition !== 'user');
  return (shown.length === 0 ? contributions : shown).map((one): ContributionTable => {
    const { title, part } = PARTITIONS[one.partition];
    const shownOf = (row: ContributingPart, of: 'before' | 'now'): string =>
      formatSignalValue(signal, row[of]);
    const hasStatistic = one.parts.some(({ now }) => now !== null);
    const nameOf = labelsOf(one, movieTitle);
    const total = formatDifference(signal, one.total);
    return {
      title: `${title}: ${total}`,
      parts: one.parts,
      align: hasStatistic ? 'lrrrrr' : 'lrrr',
      header: [part, 'Share before', 'Share now', ...(hasStatistic ? ['Before', 'Now'] : []), 'Contribution'],
      rows: [
        ...one.parts.map((row) => [
          nameOf(row.label),
          formatPercent(row.referenceShare),
          formatPercent(row.windowShare),
          ...(hasStatistic ? [shownOf(row, 'before'), shownOf(row, 'now')] : []),
          formatDifference(signal, row.contribution),
        ]),
        ['sum', '', '', ...(hasStatistic ? ['', ''] : []), total],
      ],
    };
  });
}

function labelsOf(
  { partition }: Contributions,
  movieTitle: (id: number) => string,
): (label: string) => string {
  return (label) => {
    if (partition === 'movie' && isId(label)) return movieTitle(Number(label));
    return partition === 'user' && isId(label) ? `user ${label}` : label;
  };
}

/**
 * What remains of an effect without one part: `user 7` and `2,300 ratings, 31.3% of the window: the effect is +0.02★ without
 * it`. A part without which the effect reads the same, or cannot be measured, has no line. The part may be untrusted.
 */
export function influenceLines(
  { signal, effect, influence }: ExplainedEffect,
  movieTitle: (id: number) => string,
): readonly { readonly part: string; readonly text: string }[] {
  const textOf = (effect: number | null): string => formatEffect({ name: signal, effect });
  return influence
    .filter(({ effectWithout }) => effectWithout !== null && textOf(effectWithout) !== textOf(effect))
    .map((one) => ({
      part: partOf(one, movieTitle),
      text: `${formatCount(one.ratings)} ratings, ${formatPercent(one.share)} of the window: the effect is ${textOf(one.effectWithout)} without it`,
    }));
}

const isId = (label: string): boolean => /^\d+$/.test(label);

function partOf({ kind, label }: Influence, movieTitle: (id: number) => string): string {
  if (kind === 'user') return isId(label) ? `user ${label}` : label;
  return kind === 'movie' ? movieTitle(Number(label)) : `genre ${label}`;
}
