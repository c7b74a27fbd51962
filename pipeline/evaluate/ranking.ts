import type { Config } from '../config.ts';
import { once } from '../lib/once.ts';
import type { OnProgress } from '../lib/progress.ts';
import { topN } from '../math/top-n.ts';
import type { Model } from '../model/model.ts';
import { type RatingMatrix, ratingMatrix } from '../ratings/matrix.ts';
import { orderRows } from '../ratings/order.ts';
import { filterRatings, type Ratings } from '../ratings/ratings.ts';
import { unionOfIds } from '../ratings/union-of-ids.ts';
import { rowsOf, type Vocabulary, vocabularyOf, vocabularyOfSorted } from '../ratings/vocabulary.ts';
import { type Popularity, popularityOf } from './popularity.ts';
import type { RankedList } from './ranked-list.ts';
import { sampleUsers } from './user-sample.ts';

/** A movie is relevant for a user with a held-out rating of at least this many half stars: 4★. */
const RELEVANT_HALVES = 8;
/** Number of users between two progress reports. */
const REPORT_EVERY = 500;
/** An id that no user has. */
const UNKNOWN_USER = -1;

/** Whether a rating of a set makes its movie relevant for its user. */
export function isRelevant({ halves }: Ratings, row: number): boolean {
  return (halves[row] as number) >= RELEVANT_HALVES;
}

/** What ranks movies. All users that it does not know have the same order; without `users` it knows everyone. */
export type Ranker = Pick<Model, 'movies' | 'scoreMovies'> & Partial<Pick<Model, 'users'>>;

/** The ranking task, independent of the model: the users, their candidates and relevant movies. */
export interface RankingTask {
  /** Users with at least one relevant movie, or a random sample of them. */
  readonly users: Vocabulary;
  /** All users with at least one relevant movie. */
  readonly everyone: Vocabulary;
  /** All movies with a rating, before or in the holdout. */
  readonly catalogue: Vocabulary;
  /** The earlier ratings, which are excluded from the candidates: users × catalogue. */
  readonly rated: RatingMatrix;
  /** The relevant movies of the holdout that the user had not rated before: users × catalogue. */
  readonly relevant: RatingMatrix;
  readonly popularity: Popularity;
}

/**
 * Builds the ranking task: for every user with a held-out rating of 4★ or more on a movie not rated before, all movies
 * that the user has not rated before are candidates. Negatives are not sampled, so the metrics are comparable with
 * other full rankings but not with sampled ones.
 *
 * Krichene & Rendle, On Sampled Metrics for Item Recommendation, KDD 2020.
 *
 * @param options.rankingUsers with more users, a random sample of so many is ranked, always the same; null ranks everyone.
 * @param more movies that are in the catalogue even without a rating here: ids, ascending and distinct.
 */
export function rankingTask(
  seen: Ratings,
  holdout: Ratings,
  { rankingUsers }: Config['evaluate'] = { rankingUsers: null },
  more: Int32Array = new Int32Array(),
): RankingTask {
  const moviesOf = ({ movieIds }: Ratings): Int32Array => vocabularyOf(movieIds).ids;
  const catalogue = vocabularyOfSorted(unionOfIds([moviesOf(seen), moviesOf(holdout), more]));
  const matrixOf = (users: Vocabulary, ratings: Ratings): RatingMatrix =>
    ratingMatrix(users, catalogue, ratings.userIds, ratings.movieIds, ratings.halves);
  const liked = newlyLiked(seen, holdout, catalogue, matrixOf);
  const everyone = vocabularyOf(liked.userIds);
  const users = vocabularyOfSorted(sampleUsers(everyone.ids, rankingUsers ?? everyone.size));
  const rated = matrixOf(users, ofUsers(seen, users));
  const relevant = matrixOf(users, users.size === everyone.size ? liked : ofUsers(liked, users));
  const popularity = popularityOf(seen, { users, catalogue, rated });
  return { users, everyone, catalogue, rated, relevant, popularity };
}

/** The held-out ratings of 4★ or more whose user had not rated the movie before. */
function newlyLiked(
  seen: Ratings,
  holdout: Ratings,
  catalogue: Vocabulary,
  matrixOf: (users: Vocabulary, ratings: Ratings) => RatingMatrix,
): Ratings {
  const liked = filterRatings(holdout, (row) => isRelevant(holdout, row));
  const users = vocabularyOf(liked.userIds);
  const rated = matrixOf(users, ofUsers(seen, users));
  const isNew = new Uint8Array(liked.length);
  const lastRater = new Int32Array(catalogue.size).fill(-1);
  let marked = -1;
  for (const row of orderRows([liked.userIds])) {
    const user = users.rowOf(liked.userIds[row] as number);
    if (user !== marked) for (const movie of rowOf(rated, user)) lastRater[movie] = user;
    marked = user;
    isNew[row] = Number(lastRater[catalogue.rowOf(liked.movieIds[row] as number)] !== user);
  }
  return filterRatings(liked, (row) => isNew[row] === 1);
}

function ofUsers(ratings: Ratings, users: Vocabulary): Ratings {
  return filterRatings(ratings, (row) => users.rowOf(ratings.userIds[row] as number) >= 0);
}

/**
 * Ranks the top `k` movies for every user of the task, in the order of its users. Movies that the model does not know
 * cannot be recommended but stay relevant. Movies outside of the catalogue are not candidates.
 */
export function rankUsers(
  model: Ranker,
  task: RankingTask,
  k: number,
  onProgress?: OnProgress,
): readonly RankedList[] {
  const { users, catalogue, rated } = task;
  const scoreFor = catalogueScorer(model, catalogue);
  const listForUnknown = once(() => sameOrderForAll(model, task, k));
  return Array.from(users.ids, (userId, user) => {
    if (user % REPORT_EVERY === 0) {
      onProgress?.({ stage: 'ranking', done: user, total: users.size, unit: 'users' });
    }
    if (model.users !== undefined && model.users.rowOf(userId) < 0) return listForUnknown()(user);
    const scores = scoreFor(userId);
    for (const movie of rowOf(rated, user)) scores[movie] = Number.NEGATIVE_INFINITY;
    return listOf(task, user, topN(scores, k));
  });
}

/**
 * Like `rankUsers`, for a model with the same movie order for all users: the catalogue is sorted once, and every user
 * gets the first `k` movies not rated yet. The order of nearly equal scores may differ, because `rankUsers` adds the
 * terms of the user before rounding.
 */
export function rankUsersNonPersonalised(model: Ranker, task: RankingTask, k: number): readonly RankedList[] {
  const listOfUser = sameOrderForAll(model, task, k);
  return Array.from(task.users.ids, (_, user) => listOfUser(user));
}

/** Returns the list of each user of the task for a model with the same movie order for all of them. */
function sameOrderForAll(model: Ranker, task: RankingTask, k: number): (user: number) => RankedList {
  const { catalogue, rated } = task;
  const scores = catalogueScorer(model, catalogue)(UNKNOWN_USER);
  const order = Int32Array.from(scores.keys())
    .filter((movie) => (scores[movie] as number) > Number.NEGATIVE_INFINITY)
    .sort((a, b) => (scores[b] as number) - (scores[a] as number) || a - b);
  const isRated = new Uint8Array(catalogue.size);
  return (user) => {
    const before = rowOf(rated, user);
    for (const movie of before) isRated[movie] = 1;
    const top = new Int32Array(k);
    let length = 0;
    for (let place = 0; place < order.length && length < k; place++) {
      const movie = order[place] as number;
      if (isRated[movie] === 0) top[length++] = movie;
    }
    for (const movie of before) isRated[movie] = 0;
    return listOf(task, user, top.subarray(0, length));
  };
}

/** Scores every movie of the catalogue for a user, −∞ for unknown movies. The returned array is reused. */
function catalogueScorer(model: Ranker, catalogue: Vocabulary): (userId: number) => Float32Array {
  const modelRows = rowsOf(model.movies, catalogue.ids);
  const modelScores = new Float32Array(model.movies.size);
  const scores = new Float32Array(catalogue.size);
  return (userId) => {
    model.scoreMovies(userId, modelScores);
    for (let movie = 0; movie < scores.length; movie++) {
      const row = modelRows[movie] as number;
      scores[movie] = row < 0 ? Number.NEGATIVE_INFINITY : (modelScores[row] as number);
    }
    return scores;
  };
}

/** @param top rows of the catalogue, best first. */
function listOf({ users, catalogue, relevant }: RankingTask, user: number, top: Int32Array): RankedList {
  const liked = rowOf(relevant, user);
  return {
    userId: users.ids[user] as number,
    movieIds: top.map((movie) => catalogue.ids[movie] as number),
    hits: Uint8Array.from(top, (movie) => (liked.includes(movie) ? 1 : 0)),
    relevant: liked.length,
  };
}

function rowOf({ pointers, columns }: RatingMatrix, row: number): Int32Array {
  return columns.subarray(pointers[row], pointers[row + 1]);
}
