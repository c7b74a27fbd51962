import type { Context } from 'hono';
import type { RequestState } from './api.ts';

// What a request costs, in units of about the time that a list of 10 movies takes. The factors were fitted to times
// measured once, with ml-latest-small.

/** Ratings of a user whose reasons are sought, where they are not in the request. */
const USUAL_RATINGS = 150;

interface CostlyList {
  readonly k: number;
  readonly explain?: boolean;
  readonly diversity?: number;
  readonly calibrated?: boolean;
}

/** A list. @param ratings that a new user sent; null for a known user */
export function costOfList(
  { k, explain = false, diversity = 0, calibrated = false }: CostlyList,
  ratings: number | null = null,
): number {
  return Math.ceil(
    1 +
      (ratings ?? 0) / 500 +
      (explain ? (k * (ratings ?? USUAL_RATINGS)) / 1_500 : 0) +
      (diversity > 0 ? k / 30 : 0) +
      (calibrated ? k / 20 : 0),
  );
}

/** Lists of several users in one request: as many as alone. */
export const costOfLists = (users: number, list: CostlyList): number => users * costOfList(list);

export const costOfGroup = (users: number): number => Math.ceil(1 + users / 2);

export const costOfPredictions = (pairs: number): number => Math.ceil(1 + pairs / 500);

/** Movies that are similar to some. */
export const costOfSimilar = (movies: number): number => Math.ceil(1 + (movies - 1) / 50);

/** What is added to a list whose movies are counted as shown, which writes to the database. */
export const COST_OF_REMEMBERING = 1;

/**
 * Counts what a request costs beyond the one unit that every request costs. To be called before the work.
 *
 * @param units of the whole request. @throws ApiProblem `rate-limited`
 */
export function charge(c: Context<RequestState>, units: number): void {
  if (units > 1) c.get('quota')?.spend(units - 1);
}
