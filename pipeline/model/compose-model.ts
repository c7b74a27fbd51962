import { once } from '../lib/once.ts';
import type { Tensor } from '../lib/safetensors.ts';
import { type Baseline, baselineTensors, clampToScale, predictFallback } from './baseline.ts';
import type { Heads, RatedRows, RatingsView, View } from './heads.ts';
import type { GivenRating, Model, Person, Strategy } from './model.ts';
import { bestOf, type RankingScores, rankingScoresOf, scoresAt, type Views } from './ranking-scores.ts';

/** A model that can be encoded. It predicts from the same arrays that are encoded. */
export interface TrainedModel extends Model {
  readonly heads: Heads;
  /** All numbers of the model, by tensor name. */
  readonly tensors: Readonly<Record<string, Tensor>>;
}

/** Ratings at the overall mean that are added to the mean of a folded-in user. */
const FOLD_IN_DAMPING = 5;

/**
 * Makes a model of two heads. The ratings head predicts stars. Movies are ranked by
 *
 *     score = score of the ranking head + ratingWeight · predicted stars
 */
export function composeModel(algorithm: string, baseline: Baseline, heads: Heads): TrainedModel {
  const { users, movies, userOffsets } = baseline;
  const unknown = unknownUser(baseline, heads);
  const ratedRows = ratedRowsIn(baseline);
  const rankingScores = once(() => rankingScoresOf(heads, movies.size));
  const person = (userId: number, given?: readonly GivenRating[]): Person => {
    const userRow = users.rowOf(userId);
    if (!heads.ratings.personal) return unknown;
    if (userRow < 0) return given === undefined ? unknown : foldIn([], given);
    const ranked = given === undefined ? null : ratedRows(given);
    return personOf(baseline, heads, rankingScores, {
      ratings: once(() => heads.ratings.user(userRow)),
      ranking: once(() => (ranked === null ? heads.ranking.user(userRow) : heads.ranking.foldIn(ranked))),
      offset: () => userOffsets[userRow] as number,
      strategy: 'personalised',
      listStrategy: ranked === null ? 'personalised' : 'folded-in',
      rated: null,
    });
  };
  const foldIn = (ratings: readonly GivenRating[], given = ratings): Person => {
    const rated = ratedRows(ratings);
    const ranked = given === ratings ? rated : ratedRows(given);
    if (ranked.rows.length === 0 || !heads.ratings.personal) return unknown;
    const folded = personOf(baseline, heads, rankingScores, {
      ratings: once(() => heads.ratings.foldIn(rated)),
      ranking: once(() => heads.ranking.foldIn(ranked)),
      offset: () => dampedOffset(baseline, rated),
      strategy: 'folded-in',
      listStrategy: 'folded-in',
      rated,
    });
    return rated.rows.length > 0 ? folded : { ...folded, predict: unknown.predict, explain: unknown.explain };
  };
  const model: Model = {
    algorithm,
    users,
    movies,
    scale: baseline.scale,
    movieVectors: heads.ranking.movieVectors ?? heads.ratings.movieVectors,
    person,
    foldIn,
    predict: (userId, movieId) => person(userId).predict(movieId),
    scoreMovies: (userId, scores) => person(userId).scoreMovies(scores),
  };
  return {
    ...model,
    heads,
    tensors: {
      ...baselineTensors(baseline),
      ...heads.ratings.tensors,
      ...heads.ranking.tensors,
      rating_weight: { shape: [1], data: Float64Array.of(heads.ratingWeight) },
    },
  };
}

function unknownUser(baseline: Baseline, { ranking }: Heads): Person {
  const scoreMovies = (scores: Float32Array): Strategy => {
    scores.fill(0);
    ranking.addForUnknownUser(scores);
    return 'movie-mean';
  };
  return {
    predict: (movieId) => predictFallback(baseline, null, baseline.movies.rowOf(movieId)),
    scoreMovies,
    bestMovies(n, hidden) {
      const scores = new Float32Array(baseline.movies.size);
      return { strategy: scoreMovies(scores), ...bestOf(scores, n, hidden) };
    },
    scoresOf(rows) {
      const scores = new Float32Array(baseline.movies.size);
      scoreMovies(scores);
      return scoresAt(scores, rows);
    },
    explain: () => null,
  };
}

interface PersonData {
  /** Computed when first needed. */
  readonly ratings: () => RatingsView;
  readonly ranking: () => View;
  /** Damped deviation of the person's mean rating from the overall mean, stars. */
  readonly offset: () => number;
  /** What predictions are based on, and what lists are. */
  readonly strategy: 'personalised' | 'folded-in';
  readonly listStrategy: 'personalised' | 'folded-in';
  /** The ratings of a folded-in user; null for a known user. */
  readonly rated: RatedRows | null;
}

function personOf(
  baseline: Baseline,
  { ratingWeight }: Heads,
  rankingScores: () => RankingScores,
  { ratings, ranking, offset, strategy, listStrategy, rated }: PersonData,
): Person {
  const { movies, movieCounts } = baseline;
  const views = (): Views => ({ ranking: ranking(), ratings: ratingWeight === 0 ? null : ratings() });
  return {
    scoreMovies(scores) {
      rankingScores().all(views(), scores);
      return listStrategy;
    },
    bestMovies: (n, hidden) => ({ strategy: listStrategy, ...rankingScores().best(views(), n, hidden) }),
    scoresOf: (rows) => rankingScores().some(views(), rows),
    predict(movieId) {
      const movieRow = movies.rowOf(movieId);
      if (movieRow < 0) return predictFallback(baseline, offset(), movieRow);
      return {
        rating: clampToScale(baseline, ratings().rate(movieRow)),
        deviation: ratings().deviation(movieRow),
        strategy: (movieCounts[movieRow] as number) > 0 ? strategy : 'genres',
      };
    },
    explain(movieId) {
      const movieRow = movies.rowOf(movieId);
      if (rated === null || movieRow < 0) return null;
      const ofRanking = ranking().contributions(movieRow);
      const ofRatings = ratingWeight === 0 ? null : ratings().contributions(movieRow);
      return Array.from(rated.rows, (row, at) => ({
        movieId: movies.ids[row] as number,
        contribution: (ofRanking?.[at] ?? 0) + ratingWeight * (ofRatings?.[at] ?? 0),
      }));
    },
  };
}

/** Returns the ratings of movies that the model knows. The last rating of a movie counts. */
function ratedRowsIn({ movies }: Baseline): (given: readonly GivenRating[]) => RatedRows {
  /** The place of each movie's rating; −1 between calls. */
  const places = once(() => new Int32Array(movies.size).fill(-1));
  return (given) => {
    const placeOf = places();
    const rows = new Int32Array(given.length);
    const halves = new Uint8Array(given.length);
    let length = 0;
    for (const { movieId, stars } of given) {
      const row = movies.rowOf(movieId);
      if (row < 0) continue;
      const known = placeOf[row] as number;
      const place = known < 0 ? length++ : known;
      placeOf[row] = place;
      rows[place] = row;
      halves[place] = Math.round(2 * stars);
    }
    for (let place = 0; place < length; place++) placeOf[rows[place] as number] = -1;
    return { rows: rows.subarray(0, length), halves: halves.subarray(0, length) };
  };
}

function dampedOffset({ mean }: Baseline, { halves }: RatedRows): number {
  const sum = halves.reduce((total, half) => total + half / 2 - mean, 0);
  return sum / (halves.length + FOLD_IN_DAMPING);
}
