import type { Model } from '../model/model.ts';
import type { ListScores } from '../ratings/performance.ts';
import { filterRatings, type Ratings } from '../ratings/ratings.ts';
import type { RatingSummary } from '../ratings/summary.ts';
import { type Vocabulary, vocabularyOf, vocabularyOfSorted } from '../ratings/vocabulary.ts';
import { LIST_LENGTH } from './metric-catalogue.ts';
import { ndcgAt } from './metrics/ndcg.ts';
import type { RankedList } from './ranked-list.ts';
import {
  isRelevant,
  type Ranker,
  type RankingTask,
  rankingTask,
  rankUsers,
  rankUsersNonPersonalised,
} from './ranking.ts';
import { sampleUsers } from './user-sample.ts';

/** At most so many users of a set of ratings are ranked: the time of a check does not grow with the batch. */
const MAX_RANKED_USERS = 1_000;
/** The users are chosen before, so that only their earlier ratings are read. */
const EVERYONE = { rankingUsers: null };

/** What the lists of a model are compared with. */
export interface RankingTrial {
  /** Ratings before those that the model is scored on. Users are not recommended what they had rated. */
  readonly seen: Ratings;
  /** The training ratings of each movie. */
  readonly popularity: Pick<RatingSummary, 'movieIds' | 'movieCounts'>;
}

/**
 * The users of a set of ratings who can be ranked: those with a relevant rating. Of more than 1,000 a sample by their ids,
 * so that a user who is ranked in one batch is likely to be ranked in the next.
 *
 * @returns ids, ascending.
 */
export function usersToRank(ratings: Ratings): Int32Array {
  const { ids } = vocabularyOf(filterRatings(ratings, (row) => isRelevant(ratings, row)).userIds);
  return sampleUsers(ids, MAX_RANKED_USERS);
}

/**
 * The NDCG@10 of a model and of the most rated movies on a set of ratings, by the protocol of `evaluateModel`: every
 * movie that the user had not rated before is a candidate, and a movie is relevant with a rating of 4★ or more.
 *
 * @param users the rows of the result.
 * @param rankerOf what ranks the users of the task. @default the model
 */
export function listScoresOf(
  model: Pick<Model, 'movies' | 'scoreMovies'>,
  ratings: Ratings,
  users: Vocabulary,
  { seen, popularity }: RankingTrial,
  rankerOf: (task: RankingTask) => Ranker = () => model,
): ListScores {
  const chosen = vocabularyOfSorted(usersToRank(ratings));
  const ofChosen = (some: Ratings): Ratings =>
    filterRatings(some, (row) => chosen.rowOf(some.userIds[row] as number) >= 0);
  const task = rankingTask(ofChosen(seen), ofChosen(ratings), EVERYONE, popularity.movieIds);
  const lists = new Int32Array(users.size);
  for (const id of task.users.ids) lists[users.rowOf(id)] = 1;
  const ndcgOf = (ranked: readonly RankedList[]): Float64Array => {
    const scores = new Float64Array(users.size);
    for (const list of ranked) scores[users.rowOf(list.userId)] = ndcgAt(LIST_LENGTH, list);
    return scores;
  };
  return {
    lists,
    ndcg: ndcgOf(rankUsers(rankerOf(task), task, LIST_LENGTH)),
    popularityNdcg: ndcgOf(rankUsersNonPersonalised(byCount(popularity), task, LIST_LENGTH)),
  };
}

/** Scores every movie by its number of training ratings, for all users the same. */
function byCount({
  movieIds,
  movieCounts,
}: RankingTrial['popularity']): Pick<Model, 'movies' | 'scoreMovies'> {
  return {
    movies: vocabularyOfSorted(movieIds),
    scoreMovies(_, scores) {
      scores.set(movieCounts);
      return 'global-mean';
    },
  };
}
