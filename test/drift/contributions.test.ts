import fc from 'fast-check';
import { expect, test } from 'vitest';
import { contributionsIn } from '../../pipeline/drift/explain/contributions.ts';
import type { Contributions } from '../../pipeline/drift/explain/explanation.ts';
import { effectsIn } from '../../pipeline/drift/explain/influence.ts';
import { genreCounts } from '../../pipeline/drift/genre-counts.ts';
import { measureWindow } from '../../pipeline/drift/measure-window.ts';
import type { Sample } from '../../pipeline/drift/sample.ts';
import { DRIFT_SIGNALS, type SignalName, signalNamed } from '../../pipeline/drift/signals/list.ts';
import { userMoments } from '../../pipeline/drift/user-moments.ts';
import type { PerformanceSummary } from '../../pipeline/ratings/performance.ts';
import { filterRatings, type Ratings } from '../../pipeline/ratings/ratings.ts';
import { summariseRatings } from '../../pipeline/ratings/summary.ts';
import { type Row, ratingsOf } from '../ratings/some-ratings.ts';

const GENRES = [[], ['Drama'], ['Drama', 'War'], ['Comedy', 'Drama', 'War'], ['Comedy']];
const genresOf = (movieId: number): readonly string[] => GENRES[movieId % 5] as readonly string[];

/** Few users and movies, so that window and reference share some; each pair of user and movie once. */
const someRatings = fc
  .uniqueArray(
    fc.tuple(
      fc.integer({ min: 1, max: 12 }),
      fc.integer({ min: 1, max: 15 }),
      fc.integer({ min: 1, max: 10 }),
    ),
    { minLength: 4, maxLength: 60, selector: ([user, movie]) => `${user} ${movie}` },
  )
  .map((rows) => ratingsOf(rows.map(([user, movie, halves]): Row => [user, movie, halves, 1])));

/** The errors of a model that predicts 3.5★, beside those of 3★ and 2★. */
function performanceOn(ratings: Ratings): PerformanceSummary {
  const { userIds } = summariseRatings(ratings);
  const sums = (of: (stars: number) => number) =>
    Float64Array.from(userIds, (id) =>
      ratings.halves.reduce((sum, half, row) => sum + (ratings.userIds[row] === id ? of(half / 2) : 0), 0),
    );
  return {
    userIds,
    counts: Int32Array.from(sums(() => 1)),
    squaredErrors: sums((stars) => (stars - 3.5) ** 2),
    absoluteErrors: sums((stars) => Math.abs(stars - 3.5)),
    baseline: {
      bias: sums((stars) => (stars - 3) ** 2),
      mean: sums((stars) => (stars - 2) ** 2),
      biasAbsolute: sums((stars) => Math.abs(stars - 3)),
    },
    // Users with an odd id are ranked: 0.5 by the model, 0.25 by popularity.
    ranking: {
      lists: userIds.map((id) => id % 2),
      ndcg: Float64Array.from(userIds, (id) => (id % 2) * 0.5),
      popularityNdcg: Float64Array.from(userIds, (id) => (id % 2) * 0.25),
    },
  };
}

const sampleOf = (ratings: Ratings): Sample => ({
  summary: summariseRatings(ratings),
  performance: performanceOn(ratings),
  ratings,
});

function measureAll(window: Sample, reference: Sample) {
  const { counts } = genreCounts([window.summary, reference.summary], genresOf);
  const [now, before] = [window, reference].map((sample, side) => ({
    ...sample,
    moments: userMoments(sample.summary.userLevels),
    genres: counts[side] as Float64Array,
  }));
  if (now === undefined || before === undefined) throw new Error('two sides');
  return new Map(measureWindow(now, before, null).map(({ name, measurement }) => [name, measurement]));
}

const contributionsOf = (name: SignalName, window: Sample, reference: Sample): readonly Contributions[] =>
  contributionsIn({ window, reference, genresOf })(signalNamed(name).parts);

const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0);

test.each(DRIFT_SIGNALS.map(({ name }) => name))(
  'contributions to %s add up to it in every partition',
  (name) => {
    const seen = new Set<string>();
    fc.assert(
      fc.property(someRatings, someRatings, (now, before) => {
        const [window, reference] = [sampleOf(now), sampleOf(before)];
        const measurement = measureAll(window, reference).get(name);
        const [value, level] = [measurement?.value ?? null, measurement?.reference ?? 0];
        fc.pre(value !== null);
        for (const { partition, total, parts } of contributionsOf(name, window, reference)) {
          seen.add(partition);
          expect(total).toBeCloseTo((value as number) - level, 9);
          expect(sum(parts.map(({ contribution }) => contribution))).toBeCloseTo(total, 9);
          expect(sum(parts.map(({ windowShare }) => windowShare))).toBeCloseTo(1, 9);
        }
      }),
      { seed: 1 },
    );
    expect(seen.size).toBeGreaterThan(0);
  },
);

test('a part contributes by its share and by its mean, each against the mean before', () => {
  // Before: Drama (movie 1) 4★, 2★; Comedy (movie 4) 3★, 3★. Mean 3★. Now: Drama 5★, 5★, 5★; Comedy 1★. Mean 4★.
  const reference = sampleOf(
    ratingsOf([
      [1, 1, 8, 1],
      [2, 1, 4, 1],
      [1, 4, 6, 1],
      [2, 4, 6, 1],
    ]),
  );
  const window = sampleOf(
    ratingsOf([
      [1, 1, 10, 1],
      [2, 1, 10, 1],
      [3, 1, 10, 1],
      [1, 4, 2, 1],
    ]),
  );
  const [byGenre, byMovie, byGroup, byUser] = contributionsOf('rating_mean', window, reference);
  expect(byGenre).toEqual({
    partition: 'genre',
    total: 1,
    parts: [
      // 0.75·(5 − 3) − 0.5·(3 − 3)
      { label: 'Drama', referenceShare: 0.5, windowShare: 0.75, before: 3, now: 5, contribution: 1.5 },
      // 0.25·(1 − 3) − 0.5·(3 − 3)
      { label: 'Comedy', referenceShare: 0.5, windowShare: 0.25, before: 3, now: 1, contribution: -0.5 },
    ],
  });
  expect(byMovie?.parts.map(({ label, contribution }) => [label, contribution])).toEqual([
    ['1', 1.5],
    ['4', -0.5],
  ]);
  // Users 1 and 2: 5★, 5★, 1★, 0.75·(11/3 − 3). User 3 is new: 0.25·(5 − 3).
  expect(byGroup?.parts.map(({ label, before, contribution }) => [label, before, contribution])).toEqual([
    ['returning users', 3, 0.5],
    ['new users', null, 0.5],
  ]);
  expect(byUser?.parts.map(({ label, contribution }) => [label, contribution])).toEqual([
    ['2', 0.5],
    ['3', 0.5],
    ['1', 0],
  ]);
});

test('a rating is divided among the genres of its movie', () => {
  // Movie 2 has Drama and War: half of a rating each.
  const reference = sampleOf(ratingsOf([[1, 1, 6, 1]]));
  const window = sampleOf(ratingsOf([[1, 2, 10, 1]]));
  const [byGenre] = contributionsOf('rating_mean', window, reference);
  expect(
    byGenre?.parts.map(({ label, windowShare, contribution }) => [label, windowShare, contribution]),
  ).toEqual([
    ['Drama', 0.5, 1],
    ['War', 0.5, 1],
  ]);
});

test('the smaller contributions are one row', () => {
  const movies = (halves: (movie: number) => number) =>
    sampleOf(ratingsOf(Array.from({ length: 20 }, (_, movie): Row => [1, movie + 1, halves(movie), 1])));
  const [, byMovie] = contributionsOf(
    'rating_mean',
    movies((movie) => 1 + (movie % 10)),
    movies(() => 6),
  );
  expect(byMovie?.parts).toHaveLength(7);
  expect(byMovie?.parts.at(-1)).toMatchObject({ label: 'all others', referenceShare: 0.7, windowShare: 0.7 });
});

test('with the reference of an earlier release there are no contributions by movie or genre', () => {
  const window = sampleOf(ratingsOf([[1, 1, 8, 1]]));
  const reference = sampleOf(ratingsOf([[2, 1, 6, 1]]));
  const old = { ...reference, summary: { ...reference.summary, movieLevels: null } };
  expect(contributionsOf('rating_mean', window, old).map(({ partition }) => partition)).toEqual([
    'user-group',
    'user',
  ]);
});

const effects = (window: Sample, reference: Sample): ReadonlyMap<string, number | null> =>
  new Map(
    [...measureAll(window, reference)].map(([name, measurement]) => [
      name,
      measurement.status === 'measured' ? measurement.effect : null,
    ]),
  );

const isAboutErrors = (name: SignalName): boolean => signalNamed(name).parts.of === 'errors';

test('effects without users are those of the other ratings', () => {
  fc.assert(
    fc.property(
      someRatings,
      someRatings,
      fc.uniqueArray(fc.integer({ min: 1, max: 12 })),
      (now, before, out) => {
        const [window, reference] = [sampleOf(now), sampleOf(before)];
        const users = new Set(out);
        const rest = filterRatings(now, (row) => !users.has(now.userIds[row] as number));
        fc.pre(rest.length > 0);
        const again = { window, reference, past: null, genresOf };
        const expected = effects(sampleOf(rest), reference);
        for (const [name, effect] of effectsIn(again)({ users })) {
          expect(effect === null).toBe(expected.get(name) === null);
          expect(effect ?? 0).toBeCloseTo(expected.get(name) ?? 0, 9);
        }
        // From the sums alone: the same, except for what needs the movies of a user.
        const bySums = effectsIn({ ...again, window: { ...window, ratings: null } })({ users });
        expect([...bySums.keys()].sort()).toEqual(
          DRIFT_SIGNALS.filter(({ parts }) => parts.of !== 'genres' && parts.of !== 'new-movies')
            .map(({ name }) => name)
            .sort(),
        );
        for (const [name, effect] of bySums) expect(effect ?? 0).toBeCloseTo(expected.get(name) ?? 0, 9);
      },
    ),
    { seed: 1 },
  );
});

test('effects without a movie or a genre are those of the other ratings, and errors are not measured', () => {
  fc.assert(
    fc.property(someRatings, someRatings, fc.integer({ min: 1, max: 15 }), (now, before, movie) => {
      const [window, reference] = [sampleOf(now), sampleOf(before)];
      const again = { window, reference, past: null, genresOf };
      const without = (isOut: (movieId: number) => boolean) =>
        filterRatings(now, (row) => !isOut(now.movieIds[row] as number));
      const parts = [
        { out: { movies: new Set([movie]) }, rest: without((id) => id === movie) },
        { out: { genre: 'War' }, rest: without((id) => genresOf(id).includes('War')) },
      ];
      for (const { out, rest } of parts) {
        if (rest.length === 0) continue;
        const expected = effects(sampleOf(rest), reference);
        for (const [name, effect] of effectsIn(again)(out)) {
          if (isAboutErrors(name)) expect(effect).toBeNull();
          else expect(effect ?? 0).toBeCloseTo(expected.get(name) ?? 0, 9);
        }
      }
    }),
    { seed: 1 },
  );
});
