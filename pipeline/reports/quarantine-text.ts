import { plural } from './markdown.ts';
import { formatCount } from './numbers.ts';

/** What is in quarantine: `user 12 (2,300 ratings), batch 7 (4,950 ratings)`; null when nothing is. */
export function quarantineText(
  quarantines: readonly {
    readonly kind: string;
    readonly id: number;
    readonly ratings: number;
    readonly releasedAt: Date | null;
  }[],
): string | null {
  const active = quarantines.filter(({ releasedAt }) => releasedAt === null);
  if (active.length === 0) return null;
  return active
    .map(({ kind, id, ratings }) => `${kind} ${id} (${formatCount(ratings)} ${plural(ratings, 'rating')})`)
    .join(', ');
}
