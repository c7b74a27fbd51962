import { beforeAll, expect, test } from 'vitest';
import { checkDrift } from '../../pipeline/drift/check.ts';
import { FINDING_KINDS } from '../../pipeline/drift/findings/finding.ts';
import { lookAlikeUsers } from '../../pipeline/drift/findings/look-alike-users.ts';
import { profilesOf, totalProfile, varianceBetween } from '../../pipeline/drift/findings/profiles.ts';
import { type DriftReference, driftReference } from '../../pipeline/drift/reference.ts';
import type { DriftCheck } from '../../pipeline/drift/signal.ts';
import { concatRatings, type Ratings } from '../../pipeline/ratings/ratings.ts';
import { summariseRatings } from '../../pipeline/ratings/summary.ts';
import { vocabularyOf } from '../../pipeline/ratings/vocabulary.ts';
import { generateDataset } from '../../pipeline/source/load-dataset.ts';
import { type PreparedDataset, prepareDataset } from '../../pipeline/source/prepare.ts';
import {
  bombOnOneMovie,
  fifthOnNewMovies,
  floodByOneUser,
  genreWithoutRatings,
  type Plant,
  permutedMovies,
  tenthOfUsersBots,
  tenthOfUsersRandom,
  twentyNewBots,
  twentyRandomBots,
} from '../../pipeline/stages/calibrate/plants.ts';
import { parseConfig } from '../../pipeline/stages/load-config.ts';
import { type Row, ratingsOf } from '../ratings/some-ratings.ts';

let data: PreparedDataset;
let reference: DriftReference;
let genres: ReadonlyMap<number, readonly string[]>;
const genresOf = (movieId: number): readonly string[] => genres.get(movieId) ?? [];

beforeAll(() => {
  const { ratings, movies } = generateDataset({ weeks: 8, drift: 0, seed: 1 });
  genres = new Map(movies.map((movie) => [movie.id, movie.genres]));
  data = prepareDataset(ratings, { weeks: 8 });
  reference = driftReference(data.train, genresOf, null, data.test);
});

function check(ratings: Ratings, of = reference): DriftCheck {
  const newest = { summary: summariseRatings(ratings), performance: null, ratings };
  return checkDrift({ reference: of, newest, buffer: null, genresOf }, parseConfig({}, 'test').drift);
}

const planted = (plant: Plant, week = 2): DriftCheck =>
  check(plant({ batch: data.batches[week] as Ratings, before: data.train, genresOf, seed: 1 }));

test('nothing is recognised in weeks without change', () => {
  for (const batch of data.batches) expect(check(batch).findings).toEqual([]);
});

test.each([
  ['user-flood', floodByOneUser],
  ['look-alike-users', tenthOfUsersBots],
  ['look-alike-users', tenthOfUsersRandom],
  ['look-alike-users', twentyNewBots],
  ['look-alike-users', twentyRandomBots],
  ['movie-bomb', bombOnOneMovie],
  ['vanished-genre', genreWithoutRatings],
  ['new-movies', fifthOnNewMovies],
  ['scrambled-movies', permutedMovies],
] as const)('%s is recognised, alone, and makes the verdict drift: %o', (kind, plant) => {
  const found = planted(plant);
  expect(found.findings.map((finding) => finding.kind)).toEqual([kind]);
  expect(found.verdict).toBe('drift');
});

test('every kind has a plant that shows it', () => {
  const shown = [
    floodByOneUser,
    twentyNewBots,
    bombOnOneMovie,
    genreWithoutRatings,
    fifthOnNewMovies,
    permutedMovies,
  ];
  const kinds = shown.flatMap((plant) => planted(plant).findings.map(({ kind }) => kind));
  expect(kinds.sort()).toEqual(Object.keys(FINDING_KINDS).sort());
});

test('a flood names its user, its size, and what remains without it', () => {
  const [flood] = planted(floodByOneUser).findings;
  // These data have fewer than 2,300 movies.
  const ratings = vocabularyOf(data.train.movieIds).size;
  expect(flood).toMatchObject({ of: 'user', who: ['900000000'], count: 1, ratings });
  expect(flood?.share).toBeCloseTo(ratings / ((data.batches[2]?.length ?? 0) + ratings), 12);
  const untouched = check(data.batches[2] as Ratings).signals.find(
    ({ name }) => name === flood?.remains?.signal,
  );
  expect(flood?.remains?.effectWithout).toBeCloseTo(untouched?.effect as number, 12);
  expect(Math.abs(flood?.remains?.effect ?? 0)).toBeGreaterThan(Math.abs(flood?.remains?.effectWithout ?? 0));
});

test('many ratings of one value are a flood in a large batch too, and a few are not', () => {
  const batch = concatRatings(data.batches.slice(0, 4));
  const movies = [...vocabularyOf(data.train.movieIds).ids];
  const flooded = (ratings: number) => {
    const rows = movies.slice(0, ratings).map((id): Row => [900_000_000, id, 1, 1]);
    return check(concatRatings([batch, ratingsOf(rows)])).findings.map(({ kind, share }) => ({
      kind,
      share,
    }));
  };
  const enough = Math.ceil(0.011 * batch.length);
  expect(flooded(enough)).toEqual([{ kind: 'user-flood', share: enough / (batch.length + enough) }]);
  expect(flooded(99)).toEqual([]);
});

test('a wave names its users, and a bomb its movie', () => {
  const [wave] = planted(twentyNewBots).findings;
  expect(wave).toMatchObject({ count: 20, ratings: 2_000 });
  expect(wave?.who).toHaveLength(10);
  expect(wave?.who.every((id) => Number(id) >= 900_000_000)).toBe(true);
  const [bomb] = planted(bombOnOneMovie).findings;
  const counts = new Map<number, number>();
  for (const id of data.train.movieIds) counts.set(id, (counts.get(id) ?? 0) + 1);
  const [most] = [...counts].sort((a, b) => b[1] - a[1] || a[0] - b[0]);
  expect(bomb?.who).toEqual([String(most?.[0])]);
});

test('users who rate exactly the same movies are a wave, whatever they give', () => {
  const movies = [...vocabularyOf(data.train.movieIds).ids.subarray(0, 12)];
  const rows = Array.from({ length: 20 }, (_, user) =>
    movies.map((id, place): Row => [900_000_000 + user, id, 1 + ((user * 7 + place * 3) % 10), 1]),
  );
  const [wave] = check(concatRatings([data.batches[0] as Ratings, ratingsOf(rows.flat())])).findings;
  expect(wave).toMatchObject({ kind: 'look-alike-users', count: 20, ratings: 240 });
  expect(wave?.text).toBe('20 users rated exactly the same 12 movies.');
});

test('nothing is recognised without the ratings, or with the reference of an earlier release', () => {
  const ratings = floodByOneUser({
    batch: data.batches[0] as Ratings,
    before: data.train,
    genresOf,
    seed: 1,
  });
  const old = { ...reference, summary: { ...reference.summary, movieLevels: null } };
  expect(check(ratings, old).findings).toEqual([]);
  const newest = { summary: summariseRatings(ratings), performance: null };
  const { drift } = parseConfig({}, 'test');
  expect(checkDrift({ reference, newest, buffer: null, genresOf }, drift).findings).toEqual([]);
});

test('without users in the training data nobody looks alike by chance', () => {
  const ratings = ratingsOf([[1, 1, 8, 1]]);
  const { userIds, userLevels } = summariseRatings(ratings);
  expect(lookAlikeUsers(profilesOf(userIds, userLevels), [], [], ratings)).toBeNull();
});

/** Every user rates the same 60 movies with 4★. */
const constant = (firstUser: number, users: number): Ratings =>
  ratingsOf(
    Array.from({ length: users }, (_, user) =>
      Array.from({ length: 60 }, (_, movie): Row => [firstUser + user, movie, 8, 1]),
    ).flat(),
  );

test.each([30, 60])('%d users who rate as all users of the training data did are no wave', (users) => {
  const same = driftReference(constant(0, 60), genresOf, null);
  expect(check(constant(100, users), same).findings).toEqual([]);
});

test('in constant training data a wave of another kind is still one', () => {
  const same = driftReference(constant(0, 60), genresOf, null);
  const rows = Array.from({ length: 20 }, (_, user) =>
    Array.from({ length: 12 }, (_, movie): Row => [500 + user, movie, 8, 1]),
  );
  const found = check(concatRatings([constant(100, 30), ratingsOf(rows.flat())]), same).findings;
  expect(found).toMatchObject([{ kind: 'look-alike-users', count: 20, ratings: 240 }]);
});

test('profiles have counts, means and standard deviations', () => {
  const { movieIds, movieLevels } = summariseRatings(
    ratingsOf([
      [1, 5, 2, 1],
      [2, 5, 6, 1],
      [1, 9, 8, 1],
    ]),
  );
  // Movie 5: 1★ and 3★. Movie 9: 4★. All: mean 8/3, variance (1 + 9 + 16) / 3 − 64/9 = 14/9.
  const profiles = profilesOf(movieIds, movieLevels as Int32Array);
  expect(profiles).toEqual([
    { id: 5, count: 2, mean: 2, sd: 1 },
    { id: 9, count: 1, mean: 4, sd: 0 },
  ]);
  const total = totalProfile(profiles);
  expect(total.count).toBe(3);
  expect(total.mean).toBeCloseTo(8 / 3, 12);
  expect(total.sd).toBeCloseTo(Math.sqrt(14 / 9), 12);
});

test('the variance between movies is what the spread of ratings does not explain', () => {
  const movie = (id: number, mean: number) => ({ id, count: 25, mean, sd: 1 });
  // Means 2★ and 4★, overall 3★. Overall variance 1 + 1 = 2. 1 − 2 / 25.
  expect(varianceBetween([movie(1, 2), movie(2, 4)])).toBeCloseTo(1 - 2 / 25, 12);
  expect(varianceBetween([movie(1, 2)])).toBe(0);
});
