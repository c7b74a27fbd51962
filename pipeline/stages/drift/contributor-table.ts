import type { Contributor, DriftCheck } from '../../drift/signal.ts';
import { escapeMarkdown } from '../../lib/escape.ts';
import {
  contributionTables,
  type ExplainedEffect,
  explanationsInOrder,
  explanationTitle,
  influenceLines,
} from '../../reports/contributions.ts';
import { details, paragraphs, table } from '../../reports/markdown.ts';
import { formatPercent, formatPoints, formatStars } from '../../reports/numbers.ts';

const SHOWN = 15;

/**
 * Where the raised effects come from: that of the strongest signal, and those of the others in a collapsed section. The
 * parts whose share changed most, when no signal is raised or an earlier release made the check.
 */
export function originSection(check: DriftCheck, movieTitle: (id: number) => string): string {
  const [strongest, ...others] = explanationsInOrder(check);
  if (strongest === undefined) return contributorTable(check.contributors, movieTitle);
  return paragraphs([
    `**${explanationTitle(strongest)}**`,
    explanationText(strongest, movieTitle),
    others.length === 0
      ? null
      : details(
          `The same for ${others.length} more`,
          paragraphs(
            others
              .slice(0, SHOWN_OTHERS)
              .flatMap((one) => [`**${explanationTitle(one)}**`, explanationText(one, movieTitle)]),
          ),
        ),
  ]);
}

/** An issue has at most 65,536 characters. */
const SHOWN_OTHERS = 4;
const LONGEST_NAME = 80;

function explanationText(explanation: ExplainedEffect, movieTitle: (id: number) => string): string {
  const lines = influenceLines(explanation, movieTitle);
  return paragraphs([
    ...contributionTables(explanation, movieTitle).map(({ title, header, rows, align }) =>
      paragraphs([
        title,
        table(
          {
            header,
            rows: rows.map(([part = '', ...cells]) => [escapeMarkdown(part, LONGEST_NAME), ...cells]),
          },
          align,
        ),
      ]),
    ),
    lines.length === 0
      ? null
      : lines.map(({ part, text }) => `- ${escapeMarkdown(part, LONGEST_NAME)}, ${text}`).join('\n'),
  ]);
}

/** The genres, movies and user groups whose share changed most, as the check ordered them. */
function contributorTable(contributors: readonly Contributor[], movieTitle: (id: number) => string): string {
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
