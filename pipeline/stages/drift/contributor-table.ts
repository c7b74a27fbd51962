import type { Contributor } from '../../drift/signal.ts';
import { escapeMarkdown } from '../../lib/escape.ts';
import { table } from '../../reports/markdown.ts';
import { formatPercent, formatPoints, formatStars } from '../../reports/numbers.ts';

const SHOWN = 15;

/** The genres, movies and user groups that contribute most to a drift, as the check ordered them. */
export function contributorTable(
  contributors: readonly Contributor[],
  movieTitle: (id: number) => string,
): string {
  if (contributors.length === 0) return 'No genre, movie or group of users stands out.';
  const rows = contributors
    .slice(0, SHOWN)
    .map(({ kind, label, referenceShare, windowShare, windowMean }) => [
      kind === 'movie' ? escapeMarkdown(movieTitle(Number(label))) : escapeMarkdown(label),
      kind === 'user-group' ? 'users' : kind,
      formatPercent(referenceShare),
      formatPercent(windowShare),
      formatPoints(windowShare - referenceShare),
      formatStars(windowMean),
    ]);
  const left = contributors.length - rows.length;
  return [
    table(
      {
        header: ['Part', 'Kind', 'Share of ratings in training', 'Share now', 'Change', 'Mean now'],
        rows,
      },
      'llrrrr',
    ),
    ...(left > 0 ? ['', `and ${left} more`] : []),
  ].join('\n');
}
