import type { Model } from '../model/model.ts';
import type { PerformanceSummary } from '../ratings/performance.ts';
import { filterRatings, RATING_LEVELS, type Ratings } from '../ratings/ratings.ts';
import { skillBaseline } from '../ratings/skill-baseline.ts';
import type { RatingSummary } from '../ratings/summary.ts';
import { vocabularyOf, vocabularyOfSorted } from '../ratings/vocabulary.ts';
import { errorOf, errorSums, performanceOf } from './errors.ts';
import { listScoresOf, usersToRank } from './ranking-trial.ts';
import { servedRanker } from './served-ranker.ts';
import { momentsOf } from './told-before.ts';
import { sampleUsers } from './user-sample.ts';

/** Of more ratings those of a sample of the users are scored, about so many. To fold in for each takes time. */
const MOST_RATINGS = 30_000;

/**
 * How a champion is scored: `as-told` predicts from all that a user had told before, as the API does, and `alone` from
 * the model, as earlier releases did. Only scores of one way can be compared.
 */
export type ScoringWay = 'as-told' | 'alone';

/** The users whose earlier ratings `performanceBeside` needs: ids, ascending. */
export function usersToScore(ratings: Ratings, way: ScoringWay): Int32Array {
  if (way === 'alone') return usersToRank(ratings);
  const { ids } = vocabularyOf(ratings.userIds);
  const share = Math.min(1, MOST_RATINGS / Math.max(1, ratings.length));
  return sampleUsers(ids, Math.ceil(ids.length * share));
}

/**
 * Computes the errors of a model on a set of ratings and how good its lists are, for each user, beside those of plain
 * predictions and of the most rated movies.
 *
 * As told, each rating is predicted from the model and all that its user had told before (`momentsOf`), the plain
 * prediction has the bias of the user from the same ratings, and lists are those for what the user had told before the
 * set. Of more than 30,000 ratings those of a random sample of the users count, always the same users.
 *
 * @param learned the summary of the training data of the model.
 * @param seen ratings before these, of all their users or of `usersToScore`.
 * @throws OperatorError `performance-check-failed` when a prediction is not a number.
 */
export function performanceBeside(
  model: Model,
  ratings: Ratings,
  learned: RatingSummary,
  seen: Ratings,
  way: ScoringWay,
): PerformanceSummary {
  const baseline = skillBaseline(learned);
  const trial = { seen, popularity: learned };
  if (way === 'alone') return performanceOf(model, ratings, baseline, trial);
  const users = vocabularyOfSorted(usersToScore(ratings, way));
  const scored = filterRatings(ratings, (row) => users.rowOf(ratings.userIds[row] as number) >= 0);
  const learnedOf = ratingsOfUsers(learned);
  const errors = new Float64Array(scored.length);
  const plain = baseline === null ? null : new Float64Array(scored.length);
  for (const { told, person, rows } of momentsOf(
    model,
    users,
    { seen, ratings: scored },
    { learned: learnedOf },
  )) {
    for (const row of rows) {
      const movieId = scored.movieIds[row] as number;
      errors[row] = errorOf(model, person().predict(movieId).rating, scored, row);
      if (plain !== null && baseline !== null) plain[row] = baseline.predictAfter(told, movieId);
    }
  }
  return {
    ...errorSums(users, scored, errors, plain, baseline?.mean ?? 0),
    ranking: listScoresOf(model, scored, users, trial, (task) =>
      servedRanker(model, task, (userId, count) => count === learnedOf(userId)),
    ),
  };
}

/** Returns the number of ratings of each user of a summary; 0 for any other. */
function ratingsOfUsers({ userIds, userLevels }: RatingSummary): (userId: number) => number {
  const users = vocabularyOfSorted(userIds);
  return (userId) => {
    const row = users.rowOf(userId);
    if (row < 0) return 0;
    let count = 0;
    for (let level = 0; level < RATING_LEVELS; level++)
      count += userLevels[row * RATING_LEVELS + level] as number;
    return count;
  };
}
