import type { SignalName } from '../signals/list.ts';

/**
 * Every kind of finding with its label. The key is the name in JSON, in the database and in reports, so it never
 * changes.
 */
export const FINDING_KINDS = {
  'user-flood': 'Flood by one user',
  'look-alike-users': 'Wave of look-alike users',
  'movie-bomb': 'Bomb on one movie',
  'scrambled-movies': 'Movies are not who they seem',
  'vanished-genre': 'A genre has vanished',
  'new-movies': 'Many new movies',
} as const;

export type FindingKind = keyof typeof FINDING_KINDS;

/** A model that learns such ratings is worse for it, so retraining waits until they are in quarantine. */
export const POISONOUS: ReadonlySet<FindingKind> = new Set([
  'user-flood',
  'look-alike-users',
  'movie-bomb',
  'scrambled-movies',
]);

/** Whether this version has a finding of that kind. Data of another version may have others. */
export function isFindingKind(kind: string): kind is FindingKind {
  return Object.hasOwn(FINDING_KINDS, kind);
}

/** Ratings of a window that follow a known pattern, by what they have in common. */
export interface Pattern {
  readonly kind: FindingKind;
  /** What `who` names. */
  readonly of: 'user' | 'movie' | 'genre';
  /** Ids as text, or a genre; at most ten of `count`, those with the most ratings first. */
  readonly who: readonly string[];
  readonly count: number;
  /** Ratings of the window that follow it, and their share, 0 to 1. Of a vanished genre: those that are left. */
  readonly ratings: number;
  readonly share: number;
  /** What was seen and what was to be expected, as a sentence without names. */
  readonly text: string;
}

/** A pattern that was found in the newest batch, with what it does to a signal. */
export interface Finding extends Pattern {
  /** The effect that changes most when these ratings are left out; null when they cannot be left out. */
  readonly remains: {
    readonly signal: SignalName;
    readonly effect: number;
    readonly effectWithout: number;
  } | null;
}

/** A pattern with all of its users or movies, to measure what remains without them. */
export interface FoundPattern extends Pattern {
  readonly leftOut: ReadonlySet<number> | null;
}

/** At most this many ids of a finding are named. */
const NAMED = 10;

/** A pattern of users or movies, with their ids in the order of importance. */
export function patternOf(
  kind: FindingKind,
  of: 'user' | 'movie',
  ids: readonly number[],
  ratings: number,
  all: number,
  text: string,
): FoundPattern {
  return {
    kind,
    of,
    who: ids.slice(0, NAMED).map(String),
    count: ids.length,
    ratings,
    share: ratings / all,
    text,
    leftOut: new Set(ids),
  };
}
