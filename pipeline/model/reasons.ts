import type { GivenRating, Person } from './model.ts';

/** A rating of a person that speaks for a movie. */
export interface RatingReason extends GivenRating {
  /** Its share of everything that the person's ratings add to the score, above 0 and at most 1. */
  readonly contribution: number;
}

/** Fewer stars are no reason to like another movie, however strict the person is. */
const LEAST_STARS = 3;
/** A smaller share does not stand out. */
const LEAST_SHARE = 0.03;

/**
 * Ratings that a person means as praise: at or above the person's own mean, and 3★ or more. The last rating of a movie
 * counts.
 */
export function likedRatings(rated: readonly GivenRating[]): readonly GivenRating[] {
  const ratings = lastOfEach(rated);
  const mean = meanStars(ratings);
  return ratings.filter(({ stars }) => stars >= LEAST_STARS && stars >= mean);
}

/**
 * The liked ratings that add most to the score of a movie, the largest contribution first. A rating of the movie itself
 * is not a reason, and neither is one that adds less than 3% of all that speaks for it.
 *
 * @param person folded in from `rated`. @param most of them at most.
 */
export function reasonsFor(
  person: Person,
  rated: readonly GivenRating[],
  movieId: number,
  most: number,
): readonly RatingReason[] {
  const positive = (person.explain(movieId) ?? []).filter(
    (each) => each.movieId !== movieId && each.contribution > 0,
  );
  const sum = positive.reduce((total, { contribution }) => total + contribution, 0);
  const liked = new Map(likedRatings(rated).map((rating) => [rating.movieId, rating.stars]));
  return positive
    .flatMap(({ movieId: reason, contribution }) => {
      const stars = liked.get(reason);
      return stars === undefined ? [] : [{ movieId: reason, stars, contribution: contribution / sum }];
    })
    .filter(({ contribution }) => contribution >= LEAST_SHARE)
    .sort((a, b) => b.contribution - a.contribution)
    .slice(0, most);
}

/** Liked movies that make a genre one that a person likes, at least. */
const LEAST_OF_GENRE = 2;

/**
 * The genre of a movie that a person likes most: with two liked movies or more, rated at or above the person's mean on
 * average; of several the one with the most liked movies. Null when there is none.
 *
 * @param genresOf the genres of a movie.
 */
export function likedGenre(
  rated: readonly GivenRating[],
  movieId: number,
  genresOf: (movieId: number) => readonly string[],
): string | null {
  const ratings = lastOfEach(rated);
  const mean = meanStars(ratings);
  const liked = new Set(likedRatings(ratings).map((rating) => rating.movieId));
  let [best, most] = [null as string | null, LEAST_OF_GENRE - 1];
  for (const genre of genresOf(movieId)) {
    const ofGenre = ratings.filter((rating) => genresOf(rating.movieId).includes(genre));
    const likedOnes = ofGenre.filter((rating) => liked.has(rating.movieId)).length;
    if (likedOnes > most && meanStars(ofGenre) >= mean) [best, most] = [genre, likedOnes];
  }
  return best;
}

/** The last rating of each movie. */
export const lastOfEach = (rated: readonly GivenRating[]): readonly GivenRating[] => [
  ...new Map(rated.map((rating) => [rating.movieId, rating])).values(),
];

function meanStars(rated: readonly GivenRating[]): number {
  return rated.reduce((sum, { stars }) => sum + stars, 0) / Math.max(1, rated.length);
}
