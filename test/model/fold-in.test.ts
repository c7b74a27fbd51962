import { inverse, Matrix } from 'ml-matrix';
import { describe, expect, test } from 'vitest';
import type { TrainedModel } from '../../pipeline/model/compose-model.ts';
import type { GivenRating, Person } from '../../pipeline/model/model.ts';
import { filterRatings, type Ratings } from '../../pipeline/ratings/ratings.ts';
import { learn } from '../train/learn.ts';
import { plantedRatings } from '../train/planted.ts';

const { train } = plantedRatings(6, 200, 120, 60);
const LAST = train.userIds[train.length - 1] as number;
/** Trained without the last user, who is folded in. */
const others = filterRatings(train, (row) => train.userIds[row] !== LAST);
const model = await learn('vb-mf+ials', others);

const ratingsOf = (ratings: Ratings, userId: number): GivenRating[] =>
  Array.from(ratings.userIds.keys())
    .filter((row) => ratings.userIds[row] === userId)
    .map((row) => ({ movieId: ratings.movieIds[row] as number, stars: (ratings.halves[row] as number) / 2 }));
const given = ratingsOf(train, LAST).slice(0, 12);

function scoresOf(person: Person, of: TrainedModel = model): Float32Array {
  const scores = new Float32Array(of.movies.size);
  person.scoreMovies(scores);
  return scores;
}

const data = (name: string): Float32Array | Float64Array => model.tensors[name]?.data as Float32Array;
const square = (values: ArrayLike<number>, size: number): Matrix =>
  Matrix.from1DArray(size, size, Array.from(values));
const rowOf = (name: string, row: number, factorCount: number): number[] =>
  Array.from(data(name).subarray(row * factorCount, (row + 1) * factorCount));

test('a known user who is folded in by the ratings of training is ranked for as in training', () => {
  const userId = others.userIds[0] as number;
  const ranking = { ...model.heads, ratingWeight: 0 };
  const known = new Float32Array(model.movies.size);
  ranking.ranking.user(model.users.rowOf(userId)).addTo(known, 1);
  const rated = ratingsOf(others, userId);
  const folded = new Float32Array(model.movies.size);
  ranking.ranking
    .foldIn({
      rows: Int32Array.from(rated, ({ movieId }) => model.movies.rowOf(movieId)),
      halves: Uint8Array.from(rated, ({ stars }) => 2 * stars),
    })
    .addTo(folded, 1);
  folded.forEach((score, row) => {
    expect(score).toBeCloseTo(known[row] as number, 5);
  });
});

test('a new person is predicted by the posterior under the shrunken prior, written out with matrices', () => {
  const factorCount = 16;
  const bias = factorCount - 1;
  const rows = given.map(({ movieId }) => model.movies.rowOf(movieId));
  const [offset, shrinkage] = data('fold_in_damping') as unknown as [number, number];
  const n = rows.length;
  const trust = n / (n + shrinkage);
  const scale = Math.sqrt(n) / (n + offset);
  const tau = data('noise_precision')[0] as number;
  const mean = data('mean')[0] as number;
  const column = (values: ArrayLike<number>): Matrix => Matrix.columnVector(Array.from(values));
  // M = m + g v Σ w + (1 − g) E, Λ' = (Λ⁻¹ + (1 − g) Cov)⁻¹
  const priorMean = column(data('fold_in_mean')).add(column(data('fold_in_evidence_mean')).mul(1 - trust));
  for (const row of rows)
    priorMean.add(column(rowOf('fold_in_evidence', row, factorCount)).mul(trust * scale));
  const spread = square(data('fold_in_evidence_covariance'), factorCount).mul(1 - trust);
  const prior = inverse(square(data('fold_in_covariance'), factorCount).add(spread)).div(tau);
  const precision = prior.clone();
  const right = prior.mmul(priorMean);
  given.forEach(({ stars }, j) => {
    const movie = rowOf('movie_factors', rows[j] as number, factorCount);
    const variances = rowOf('movie_variances', rows[j] as number, factorCount);
    const z = column([...movie.slice(0, bias), 1]);
    precision.add(z.mmul(z.transpose())).add(Matrix.diag([...variances.slice(0, bias), 0]));
    right.add(z.mul(stars - mean - (movie[bias] as number)));
  });
  const covariance = inverse(precision).div(tau);
  const x = inverse(precision).mmul(right).to1DArray();

  const person = model.foldIn(given);
  for (const movieId of [...model.movies.ids].slice(0, 20)) {
    const movie = rowOf('movie_factors', model.movies.rowOf(movieId), factorCount);
    const variances = rowOf('movie_variances', model.movies.rowOf(movieId), factorCount);
    let stars = mean + (x[bias] as number) + (movie[bias] as number);
    let variance = 1 / tau + covariance.get(bias, bias) + (variances[bias] as number);
    for (let f = 0; f < bias; f++) {
      const [p, q] = [x[f] as number, movie[f] as number];
      const [ofP, ofQ] = [covariance.get(f, f), variances[f] as number];
      stars += p * q;
      variance += p * p * ofQ + q * q * ofP + ofP * ofQ;
    }
    const { rating, deviation, strategy } = person.predict(movieId);
    expect(strategy).toBe('folded-in');
    expect(rating).toBeCloseTo(Math.min(5, Math.max(0.5, stars)), 4);
    expect(deviation).toBeCloseTo(Math.sqrt(variance), 4);
  }
});

describe.each(['vb-mf+ials', 'vb-mf', 'sgd-mf', 'als', 'ials', 'ease', 'bias'])('%s', async (name) => {
  const learned = await learn(name, others);
  const person = learned.foldIn(given);

  test('what counts in the ranking only moves a ranking by more than counts, and changes no prediction', () => {
    const userId = others.userIds[0] as number;
    const isPersonal = ['vb-mf+ials', 'ials', 'ease'].includes(name);
    const more = Array.from(learned.movies.ids.subarray(0, 5), (movieId) => ({ movieId, stars: 3.5 }));
    const own = ratingsOf(others, userId);
    const pairs: [Person, Person][] = [
      [learned.person(userId), learned.person(userId, [...own, ...more])],
      [person, learned.foldIn(given, [...given, ...more])],
      [learned.foldIn([]), learned.foldIn([], more)],
    ];
    for (const [before, after] of pairs) {
      for (const movieId of [...learned.movies.ids, 999_999]) {
        expect(after.predict(movieId)).toEqual(before.predict(movieId));
      }
      const scores = scoresOf(after, learned);
      expect(scores.every(Number.isFinite)).toBe(true);
      if (isPersonal) expect(scores).not.toEqual(scoresOf(before, learned));
      expect(after.scoreMovies(scores)).toBe('folded-in');
    }
    expect(learned.foldIn([], more).explain(learned.movies.ids[0] as number)).toBeNull();
  });

  test('the order in which ratings are told does not matter', () => {
    const turned = scoresOf(learned.foldIn(given.toReversed()), learned);
    scoresOf(person, learned).forEach((score, row) => {
      expect(turned[row]).toBeCloseTo(score, 4);
    });
  });

  test('another rating of one movie changes the contribution of that rating and no other', () => {
    const movieId = learned.movies.ids[3] as number;
    const [first, ...rest] = given as [GivenRating, ...GivenRating[]];
    const row = learned.movies.rowOf(movieId);
    const before = person.explain(movieId) ?? [];
    const changed = [{ ...first, stars: first.stars > 2 ? first.stars - 1.5 : first.stars + 1.5 }, ...rest];
    const after = learned.foldIn(changed).explain(movieId) ?? [];
    expect(before).not.toEqual([]);
    before.forEach(({ contribution, movieId: rated }, j) => {
      expect(after[j]?.movieId).toBe(rated);
      if (j > 0) expect(after[j]?.contribution).toBeCloseTo(contribution, 5);
    });
    const shift = (after[0]?.contribution ?? 0) - (before[0]?.contribution ?? 0);
    const scores = [scoresOf(person, learned)[row], scoresOf(learned.foldIn(changed), learned)[row]];
    expect((scores[1] as number) - (scores[0] as number)).toBeCloseTo(shift, 4);
    const startOf = (score: number | undefined, parts: typeof before): number =>
      parts.reduce((rest, { contribution }) => rest - contribution, score as number);
    expect(startOf(scores[1], after)).toBeCloseTo(startOf(scores[0], before), 4);
  });

  test('somebody without a rating that the model knows is a stranger', () => {
    for (const nothing of [[], [{ movieId: 999_999, stars: 5 }]]) {
      const stranger = learned.foldIn(nothing);
      expect(stranger.predict(learned.movies.ids[0] as number).strategy).toBe('movie-mean');
      expect(stranger.explain(learned.movies.ids[0] as number)).toBeNull();
      expect(scoresOf(stranger, learned)).toEqual(scoresOf(learned.person(999_999), learned));
    }
  });

  test('of two ratings of one movie the last counts', () => {
    const { movieId } = given[0] as GivenRating;
    const again = learned.foldIn([{ movieId, stars: 0.5 }, ...given]);
    expect(scoresOf(again, learned)).toEqual(scoresOf(person, learned));
  });
});

test('popularity answers everybody alike, whatever they have rated', async () => {
  const popularity = await learn('popularity', others);
  const scores = scoresOf(popularity.foldIn(given), popularity);
  expect(scores).toEqual(scoresOf(popularity.person(999_999), popularity));
});

test('a movie nobody has rated is predicted by the mean of somebody who is folded in', () => {
  // Five ratings at the overall mean, and the person's own.
  const mean = data('mean')[0] as number;
  const offset = given.reduce((sum, { stars }) => sum + stars - mean, 0) / (given.length + 5);
  const { rating, strategy } = model.foldIn(given).predict(999_999);
  expect(strategy).toBe('user-mean');
  expect(rating).toBeCloseTo(mean + offset, 6);
});
