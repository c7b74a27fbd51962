import { type FoundPattern, patternOf } from './finding.ts';
import { type Profile, sum } from './profiles.ts';

/**
 * A group of users as a finding.
 *
 * @param all ratings of the window.
 */
export function wavePattern(group: readonly Profile[], all: number, text: string): FoundPattern {
  const ids = [...group].sort((a, b) => b.count - a.count || a.id - b.id).map(({ id }) => id);
  const ratings = sum(group, ({ count }) => count);
  return patternOf('look-alike-users', 'user', ids, ratings, all, text);
}
