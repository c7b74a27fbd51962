import { seededRandom, shuffle } from '../../pipeline/lib/random.ts';
import { concatRatings, emptyRatings, filterRatings, type Ratings } from '../../pipeline/ratings/ratings.ts';
import { vocabularyOf } from '../../pipeline/ratings/vocabulary.ts';

/** A real batch, the ratings before it, and the genres of movies: what a change is planted in. */
interface Planted {
  readonly batch: Ratings;
  readonly before: Ratings;
  readonly genresOf: (movieId: number) => readonly string[];
  readonly seed: number;
}

/** Changes a batch as somebody or something could change it in production. Equal input gives equal output. */
export type Plant = (input: Planted) => Ratings;

/** Users of a plant have ids that no user of the data has. */
const STRANGERS = 900_000_000;

function rows(
  list: readonly (readonly [user: number, movie: number, halves: number])[],
  at: number,
): Ratings {
  const ratings = emptyRatings(list.length);
  list.forEach(([user, movie, halves], row) => {
    ratings.userIds[row] = user;
    ratings.movieIds[row] = movie;
    ratings.halves[row] = halves;
    ratings.ratedAt[row] = at;
  });
  return ratings;
}

const lastTime = ({ ratedAt, length }: Ratings): number => ratedAt[length - 1] as number;

/** Distinct movies of the ratings, in random order. */
const someMovies = (ratings: Ratings, seed: number): Int32Array =>
  shuffle(seededRandom(seed), vocabularyOf(ratings.movieIds).ids.slice());

/** One new user gives 0.5★ to 2,300 movies. */
export const floodByOneUser: Plant = ({ batch, before, seed }) => {
  const flood = [...someMovies(before, seed).subarray(0, 2_300)].map((id) => [STRANGERS, id, 1] as const);
  return concatRatings([batch, rows(flood, lastTime(batch))]);
};

/** Every tenth user of the batch gives 5★ to everything, on the movies that the user rated. */
export const tenthOfUsersBots: Plant = ({ batch, seed }) => changeUsers(batch, seed, () => 10);

/** Every tenth user of the batch rates at random. */
export const tenthOfUsersRandom: Plant = ({ batch, seed }) => {
  const random = seededRandom(seed + 1);
  return changeUsers(batch, seed, () => 1 + Math.floor(10 * random()));
};

function changeUsers(batch: Ratings, seed: number, halves: () => number): Ratings {
  const users = shuffle(seededRandom(seed), vocabularyOf(batch.userIds).ids.slice());
  const bots = new Set(users.subarray(0, Math.max(1, Math.round(users.length / 10))));
  return {
    ...batch,
    halves: batch.halves.map((own, row) => (bots.has(batch.userIds[row] as number) ? halves() : own)),
  };
}

/** Twenty new users give 5★ to 100 movies each, every one to others. */
export const twentyNewBots: Plant = ({ batch, before, seed }) => newBots(batch, before, seed, () => 10);

/** Twenty new users give random ratings to 100 movies each. */
export const twentyRandomBots: Plant = ({ batch, before, seed }) => {
  const random = seededRandom(seed + 1);
  return newBots(batch, before, seed, () => 1 + Math.floor(10 * random()));
};

function newBots(batch: Ratings, before: Ratings, seed: number, halves: () => number): Ratings {
  const bots = Array.from({ length: 20 }, (_, bot) =>
    [...someMovies(before, seed + bot).subarray(0, 100)].map(
      (movie) => [STRANGERS + bot, movie, halves()] as const,
    ),
  );
  return concatRatings([batch, rows(bots.flat(), lastTime(batch))]);
}

/** Three hundred new users give 0.5★ to the movie with the most ratings, and rate nothing else. */
export const bombOnOneMovie: Plant = ({ batch, before }) => {
  const counts = new Map<number, number>();
  for (const id of before.movieIds) counts.set(id, (counts.get(id) ?? 0) + 1);
  const [[movie] = [0]] = [...counts].sort((a, b) => b[1] - a[1] || a[0] - b[0]);
  const bomb = Array.from({ length: 300 }, (_, user) => [STRANGERS + user, movie, 1] as const);
  return concatRatings([batch, rows(bomb, lastTime(batch))]);
};

/** No rating of a drama arrives. */
export const vanishedGenre: Plant = ({ batch, genresOf }) =>
  filterRatings(batch, (row) => !genresOf(batch.movieIds[row] as number).includes('Drama'));

/** A fifth of the ratings are on movies that nobody has rated before. */
export const fifthOnNewMovies: Plant = ({ batch, seed }) => {
  const random = seededRandom(seed);
  const movieIds = batch.movieIds.map((id) => (random() < 0.2 ? 800_000_000 + (id % 500) : id));
  return { ...batch, movieIds };
};

/** The numbers of all movies are exchanged at random, as by a broken join. */
export const permutedMovies: Plant = ({ batch, before, seed }) => {
  const { ids } = vocabularyOf(concatRatings([before, batch]).movieIds);
  const other = shuffle(seededRandom(seed), ids.slice());
  const renamed = new Map([...ids].map((id, row) => [id, other[row] as number]));
  return { ...batch, movieIds: batch.movieIds.map((id) => renamed.get(id) as number) };
};

/** The plants by the name that the bench prints. */
export const PLANTS: Readonly<Record<string, Plant>> = {
  'flood by one user': floodByOneUser,
  '10% of users are bots (5★)': tenthOfUsersBots,
  '10% of users rate at random': tenthOfUsersRandom,
  '20 new bots (5★)': twentyNewBots,
  '20 new bots at random': twentyRandomBots,
  'bomb on one movie': bombOnOneMovie,
  'a vanished genre': vanishedGenre,
  '20% on new movies': fifthOnNewMovies,
  'permuted movie numbers': permutedMovies,
};
