import type { GivenRating } from './model.ts';
import { usualStars } from './novelty.ts';

/**
 * What a user does with a movie besides rating it: has watched it, wants to watch it, never wants to see it in a list
 * again, or was shown it in one.
 */
export const INTERACTION_KINDS = ['watched', 'wanted', 'hidden', 'shown'] as const;
export type InteractionKind = (typeof INTERACTION_KINDS)[number];

/** An interaction as it is kept: one for each movie and kind. */
export interface Interaction {
  readonly movieId: number;
  readonly kind: InteractionKind;
  /** Seconds since 1970; of the last one. */
  readonly at: number;
  /** `shown`: how often, at that time, each showing halved with every half-life since. Otherwise 1. */
  readonly times: number;
}

/** After so many days a showing counts half. */
export const SHOWN_HALF_LIFE_DAYS = 7;
/** A movie that was shown less often than this counts as not shown. One showing does so after four half-lives. */
export const LEAST_SHOWN = 1 / 16;
const DAY_SECONDS = 86_400;
/** A wish counts this much below the user's usual stars, stars. Measured: docs/algorithms.md. */
const WANTED_BELOW = 0.5;

/** The interactions of one user. A movie that the user has rated is in none but `hidden`. */
export interface Interactions {
  readonly watched: readonly number[];
  readonly wanted: readonly number[];
  readonly hidden: readonly number[];
  /** How often each movie was shown, decayed until now, without those that the user has watched or wants to. */
  readonly shown: ReadonlyMap<number, number>;
}

export const NO_INTERACTIONS: Interactions = { watched: [], wanted: [], hidden: [], shown: new Map() };

/** Showings `seconds` later: each is halved with every half-life. */
export function decayedShowings(times: number, seconds: number): number {
  return times * 0.5 ** (Math.max(0, seconds) / (SHOWN_HALF_LIFE_DAYS * DAY_SECONDS));
}

/** One interaction after another with the same movie and kind: showings add up, and of others the last one is kept. */
export function mergedInteraction(before: Interaction | undefined, next: Interaction): Interaction {
  if (before === undefined) return next;
  const at = Math.max(before.at, next.at);
  if (next.kind !== 'shown') return { ...next, at };
  const times = decayedShowings(before.times, at - before.at) + decayedShowings(next.times, at - next.at);
  return { ...next, at, times };
}

/** @param now milliseconds since 1970. */
export function interactionsOf(
  kept: readonly Interaction[],
  rated: readonly GivenRating[],
  now: number,
): Interactions {
  if (kept.length === 0) return NO_INTERACTIONS;
  const known = new Set(rated.map(({ movieId }) => movieId));
  const idsOf = (kind: InteractionKind): readonly number[] =>
    kept.filter((one) => one.kind === kind).map(({ movieId }) => movieId);
  /** Those that are in no stronger kind. */
  const newOf = (kind: InteractionKind): readonly number[] => {
    const found = idsOf(kind).filter((movieId) => !known.has(movieId));
    for (const movieId of found) known.add(movieId);
    return found;
  };
  const watched = newOf('watched');
  const wanted = newOf('wanted');
  const shown = new Map<number, number>();
  for (const { movieId, kind, at, times } of kept) {
    if (kind !== 'shown' || known.has(movieId)) continue;
    const left = decayedShowings(times, now / 1000 - at);
    if (left >= LEAST_SHOWN) shown.set(movieId, left);
  }
  return { watched, wanted, hidden: idsOf('hidden'), shown };
}

/**
 * What a user is ranked by: the ratings, and what counts like them in the ranking only. A watched movie counts as one at
 * the user's usual stars, a wanted one half a star below, which still speaks for it: a movie of which nothing is known has no
 * preference at all.
 */
export function rankedBy(
  rated: readonly GivenRating[],
  { watched, wanted }: Pick<Interactions, 'watched' | 'wanted'>,
): readonly GivenRating[] {
  if (watched.length + wanted.length === 0) return rated;
  const usual = Math.round(2 * usualStars(rated)) / 2;
  const wish = Math.max(0.5, usual - WANTED_BELOW);
  return [
    ...rated,
    ...watched.map((movieId) => ({ movieId, stars: usual })),
    ...wanted.map((movieId) => ({ movieId, stars: wish })),
  ];
}
