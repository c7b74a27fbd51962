import type { GoldenPrediction } from './manifest.ts';
import type { Model } from './model.ts';

/** Number of predictions with a known user and a known movie. */
const KNOWN = 27;
/** An id that no vocabulary has. */
const UNKNOWN = 2_147_483_647;
/** A predicted rating may differ by so much after it was sent as a decimal number. */
export const GOLDEN_TOLERANCE = 1e-6;

/**
 * Predictions spread over a model's users and movies, among them an unknown user, an unknown movie, and both unknown.
 * The served model has to predict the same.
 */
export function goldenPredictions(model: Model): readonly GoldenPrediction[] {
  const { users, movies } = model;
  const pairs: [user: number, movie: number][] = [];
  for (let at = 0; at < KNOWN; at++) {
    const userRow = Math.floor((at * users.size) / KNOWN);
    // Coprime strides: users come in order, movies in a mixed order.
    const movieRow = Math.floor((((at * 11) % KNOWN) * movies.size) / KNOWN);
    pairs.push([users.ids[userRow] as number, movies.ids[movieRow] as number]);
  }
  pairs.push([UNKNOWN, movies.ids[0] as number], [users.ids[0] as number, UNKNOWN], [UNKNOWN, UNKNOWN]);
  return pairs.map(([user, movie]) => ({ user, movie, rating: model.predict(user, movie).rating }));
}

/** What a model predicts otherwise than its manifest says, as a phrase; null when all golden predictions are the same. */
export function goldenProblem(
  golden: readonly GoldenPrediction[],
  model: Model,
  tolerance = GOLDEN_TOLERANCE,
): string | null {
  const answers = golden.map(({ user, movie }) => model.predict(user, movie).rating);
  const difference = firstDifference(golden, answers, tolerance);
  if (difference === null) return null;
  const { expected, answer } = difference;
  return `for user ${expected.user} and movie ${expected.movie} it predicts ${answer} stars instead of ${expected.rating}`;
}

/**
 * The first golden prediction that differs from what was predicted now, or null when all are equal.
 *
 * @param answers predicted stars in the order of `golden`; undefined where there was no prediction.
 */
export function firstDifference<Golden extends { readonly rating: number }>(
  golden: readonly Golden[],
  answers: readonly (number | undefined)[],
  tolerance = GOLDEN_TOLERANCE,
): { readonly expected: Golden; readonly answer: number | undefined } | null {
  for (const [at, expected] of golden.entries()) {
    const answer = answers[at];
    const same = answer !== undefined && Math.abs(answer - expected.rating) <= tolerance;
    if (!same) return { expected, answer };
  }
  return null;
}
