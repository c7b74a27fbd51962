import type { GoldenPrediction } from './manifest.ts';
import type { Model } from './model.ts';

/** Known users with known movies, and one each with what is unknown. */
const KNOWN = 27;
/** Ids that no vocabulary has. */
const UNKNOWN = 2_147_483_647;
/** What a rating that travelled as a decimal number may differ by. */
export const GOLDEN_TOLERANCE = 1e-6;

/**
 * Questions spread over a model's users and movies, with its answers: at least 20, among them a user, a movie and
 * both that it does not know. Whoever serves the model has to give the same.
 */
export function goldenPredictions(model: Model): readonly GoldenPrediction[] {
  const { users, movies } = model;
  const pairs: [user: number, movie: number][] = [];
  for (let at = 0; at < KNOWN; at++) {
    const userRow = Math.floor((at * users.size) / KNOWN);
    // Coprime strides: users are met in order, movies all over.
    const movieRow = Math.floor((((at * 11) % KNOWN) * movies.size) / KNOWN);
    pairs.push([users.ids[userRow] as number, movies.ids[movieRow] as number]);
  }
  pairs.push([UNKNOWN, movies.ids[0] as number], [users.ids[0] as number, UNKNOWN], [UNKNOWN, UNKNOWN]);
  return pairs.map(([user, movie]) => ({ user, movie, rating: model.predict(user, movie).rating }));
}

/**
 * The first golden prediction that is answered otherwise, and how; null when all are as they should be.
 *
 * @param answers stars, in the order of the questions; undefined where there was none.
 */
export function firstDifference(
  golden: readonly GoldenPrediction[],
  answers: readonly (number | undefined)[],
  tolerance = GOLDEN_TOLERANCE,
): { readonly expected: GoldenPrediction; readonly answer: number | undefined } | null {
  for (const [at, expected] of golden.entries()) {
    const answer = answers[at];
    const same = answer !== undefined && Math.abs(answer - expected.rating) <= tolerance;
    if (!same) return { expected, answer };
  }
  return null;
}
