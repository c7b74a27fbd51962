import type { Model } from '../model/model.ts';
import { filterRatings, type Ratings } from '../ratings/ratings.ts';
import { type Vocabulary, vocabularyOfSorted } from '../ratings/vocabulary.ts';
import { errorOf } from './errors.ts';
import { comparedMetrics, type EvaluationData } from './evaluate.ts';
import { LIST_LENGTH } from './metric-catalogue.ts';
import type { MeasuredResults } from './paired-difference.ts';
import type { RankedList } from './ranked-list.ts';
import { rankingTask, rankUsers } from './ranking.ts';
import { servedRanker } from './served-ranker.ts';
import { momentsOf } from './told-before.ts';
import { sampleUsers } from './user-sample.ts';

/** Users with about so many held-out ratings are followed rating by rating. To fold in for each takes time. */
const MOST_FOLLOWED = 50_000;

/**
 * The results of a model when some users are served as by the API: each of their ratings is predicted from the model and
 * all that they had told before (`momentsOf`), and their list from what they had told before the held-out ratings. The
 * results of all others are kept.
 *
 * Above 50,000 such ratings a random sample of these users is followed, always the same. The ratings of the others are
 * predicted from what they had told before the held-out ratings. No prediction uses a later rating, for any model.
 *
 * @param results of the model alone.
 * @param users who are served so.
 * @throws OperatorError `performance-check-failed` when a prediction is not a number.
 */
export function resultsAsTold(
  model: Model,
  results: Pick<MeasuredResults, 'errors' | 'lists'>,
  { train, test, task }: Required<EvaluationData>,
  users: Vocabulary,
): MeasuredResults {
  const errors = results.errors.slice();
  const followed = followedAmong(users, test);
  const isFollowed = (userId: number): boolean => followed.rowOf(userId) >= 0;
  for (const { person, rows } of momentsOf(model, users, { seen: train, ratings: test }, { isFollowed })) {
    for (const row of rows) {
      const { rating } = person().predict(test.movieIds[row] as number);
      errors[row] = errorOf(model, rating, test, row);
    }
  }
  const listOf = new Map<number, RankedList>();
  for (const list of rankAsTold(model, { train, test, task }, users)) listOf.set(list.userId, list);
  const lists = results.lists.map((list) => listOf.get(list.userId) ?? list);
  return {
    errors,
    lists,
    evaluation: comparedMetrics({ errors, lists, candidates: task.catalogue.size }),
  };
}

function followedAmong(users: Vocabulary, test: Ratings): Vocabulary {
  let ratings = 0;
  for (const userId of test.userIds) ratings += Number(users.rowOf(userId) >= 0);
  const share = Math.min(1, MOST_FOLLOWED / Math.max(1, ratings));
  return vocabularyOfSorted(sampleUsers(users.ids, Math.ceil(users.size * share)));
}

/** The lists of those of the users whom the task ranks. */
function rankAsTold(
  model: Model,
  { train, test, task }: Required<EvaluationData>,
  users: Vocabulary,
): readonly RankedList[] {
  const ranked = vocabularyOfSorted(task.users.ids.filter((userId) => users.rowOf(userId) >= 0));
  const ofRanked = (ratings: Ratings): Ratings =>
    filterRatings(ratings, (row) => ranked.rowOf(ratings.userIds[row] as number) >= 0);
  const everyone = { rankingUsers: null };
  const own = rankingTask(ofRanked(train), ofRanked(test), everyone, task.catalogue.ids);
  return rankUsers(
    servedRanker(model, own, () => true),
    own,
    LIST_LENGTH,
  );
}
