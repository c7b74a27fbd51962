import { FINDING_KINDS, type Finding } from '../drift/findings/finding.ts';
import { escapeMarkdown } from '../lib/escape.ts';
import { table } from './markdown.ts';
import { formatCount, formatPercent, NO_VALUE } from './numbers.ts';
import { formatEffect, SIGNAL_LABELS } from './signal-numbers.ts';

/** One finding as text. Names may be untrusted. */
interface FindingText {
  readonly label: string;
  readonly who: string;
  readonly ratings: string;
  readonly seen: string;
  readonly remains: string;
}

/** @param movieTitle null shows the numbers of movies. */
export function findingText(finding: Finding, movieTitle: ((id: number) => string) | null): FindingText {
  const { kind, text, ratings, share, remains } = finding;
  return {
    label: FINDING_KINDS[kind],
    who: namesOf(finding, movieTitle),
    ratings: `${formatCount(ratings)} (${formatPercent(share)})`,
    seen: text,
    remains:
      remains === null
        ? NO_VALUE
        : `${SIGNAL_LABELS[remains.signal]}: ${formatEffect({ name: remains.signal, effect: remains.effect })} → ${formatEffect({ name: remains.signal, effect: remains.effectWithout })}`,
  };
}

const SHOWN = 3;

/** `user 7`, `users 7, 9, 12 and 17 more`, `Heat (1995)`, `Drama`. */
function namesOf({ of, who, count }: Finding, movieTitle: ((id: number) => string) | null): string {
  const shown = who.slice(0, SHOWN);
  const left = count - shown.length;
  const more = left > 0 ? ` and ${formatCount(left)} more` : '';
  if (of === 'movie' && movieTitle !== null) {
    return `${shown.map((id) => movieTitle(Number(id))).join(', ')}${more}`;
  }
  if (of === 'genre') return `${shown.join(', ')}${more}`;
  return `${of}${count === 1 ? '' : 's'} ${shown.join(', ')}${more}`;
}

/** What was recognised in the newest batch by name; null without any. */
export function findingTable(
  findings: readonly Finding[],
  movieTitle: (id: number) => string,
): string | null {
  if (findings.length === 0) return null;
  return table(
    {
      header: ['Found in the newest batch', 'Who', 'Ratings', 'Seen', 'Effect → without it'],
      rows: findings.map((finding) => {
        const { label, who, ratings, seen, remains } = findingText(finding, movieTitle);
        return [`**${label}**`, escapeMarkdown(who), ratings, seen, remains];
      }),
    },
    'llrll',
  );
}
