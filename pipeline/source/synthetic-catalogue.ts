import { normal, type Random, shuffle } from '../lib/random.ts';
import type { Movie } from '../ratings/movie.ts';

/** Length of the taste vector of a user and of the factors of a movie. */
export const DIMENSIONS = 8;
/** Standard deviation of movie biases, stars. */
export const MOVIE_BIAS_SD = 0.46;
/** Scale of movie factors. User factors have scale 1, so taste moves a rating by about 0.16·√8 = 0.45 stars. */
const FACTOR_SD = 0.16;
/** Correlation of a movie's factors with the tastes of its genres; the rest is individual. */
const GENRE_PART = 0.75;
/** Share of the movies that exist from the beginning; the others are released evenly over time. */
const OLD_SHARE = 0.7;
/** Share of the most popular movies, which all exist from the beginning, so that no release looks like drift. */
const ALWAYS_THERE = 0.15;
/** Popularity falls as (rank + ZIPF_OFFSET)^-ZIPF_EXPONENT. */
const ZIPF_EXPONENT = 1.05;
const ZIPF_OFFSET = 12;
const SECONDS_A_YEAR = 31_556_952;

const GENRES = (
  'Action Adventure Animation Children Comedy Crime Documentary Drama Fantasy ' +
  'Film-Noir Horror Musical Mystery Romance Sci-Fi Thriller War Western'
).split(' ');

/** Movies as columns, most popular first. */
export interface SyntheticCatalogue {
  readonly movies: readonly Movie[];
  readonly biases: Float64Array;
  /** size × DIMENSIONS, row-major. */
  readonly factors: Float64Array;
  /** When a movie can first be rated, as a fraction of the time range, 0 to 1. */
  readonly releases: Float64Array;
  /** Sum of the popularity of all movies up to and including each row. */
  readonly cumulative: Float64Array;
}

interface CatalogueOptions {
  /** The lowest id. The order of ids is independent of popularity. */
  readonly firstId: number;
  /** Begin and end of the time range, seconds since 1970. */
  readonly from: number;
  readonly to: number;
  /** One title for each movie. */
  readonly titles: readonly string[];
  /** Whether some movies are released later. Otherwise all exist from the beginning. */
  readonly staggered: boolean;
}

/** The year of a time, approximately. It may be wrong within a day of New Year. */
const yearOf = (seconds: number): number => Math.floor(1970 + seconds / SECONDS_A_YEAR);

/** Generates a catalogue: popularity, biases, factors that depend on genres, release dates and titles. */
export function generateCatalogue(random: Random, options: CatalogueOptions): SyntheticCatalogue {
  const { firstId, from, to, titles, staggered } = options;
  const size = titles.length;
  const draw = normal(random);
  const genreTastes = Array.from({ length: GENRES.length * DIMENSIONS }, draw);
  const ids = shuffle(
    random,
    Array.from({ length: size }, (_, i) => firstId + i),
  );
  const biases = new Float64Array(size);
  const factors = new Float64Array(size * DIMENSIONS);
  const releases = new Float64Array(size);
  const cumulative = new Float64Array(size);
  const movies: Movie[] = [];
  let popularity = 0;
  for (let rank = 0; rank < size; rank++) {
    popularity += (rank + ZIPF_OFFSET) ** -ZIPF_EXPONENT;
    cumulative[rank] = popularity;
    biases[rank] = MOVIE_BIAS_SD * draw();
    const later = staggered && rank >= size * ALWAYS_THERE && random() > OLD_SHARE;
    releases[rank] = later ? random() : 0;
    const genres = drawGenres(random);
    const own = Math.sqrt(1 - GENRE_PART ** 2);
    for (let d = 0; d < DIMENSIONS; d++) {
      const shared = genres.reduce((sum, genre) => sum + (genreTastes[genre * DIMENSIONS + d] as number), 0);
      factors[rank * DIMENSIONS + d] =
        FACTOR_SD * ((GENRE_PART * shared) / Math.sqrt(genres.length) + own * draw());
    }
    const age = Math.floor(60 * random() ** 2);
    movies.push({
      id: ids[rank] as number,
      title: titles[rank] as string,
      year: later ? yearOf(from + (releases[rank] as number) * (to - from)) : yearOf(from) - age,
      genres: genres.map((genre) => GENRES[genre] as string),
    });
  }
  centre(biases, 1, cumulative);
  centre(factors, DIMENSIONS, cumulative);
  return { movies, biases, factors, releases, cumulative };
}

/**
 * Subtracts the mean, weighted by popularity, from each of `width` columns, so that the mean rating does not depend on
 * which movies are popular.
 */
function centre(values: Float64Array, width: number, cumulative: Float64Array): void {
  const total = cumulative[cumulative.length - 1] as number;
  for (let column = 0; column < width; column++) {
    let mean = 0;
    for (let row = 0, before = 0; row < cumulative.length; row++) {
      const until = cumulative[row] as number;
      mean += ((until - before) / total) * (values[row * width + column] as number);
      before = until;
    }
    for (let at = column; at < values.length; at += width) values[at] = (values[at] as number) - mean;
  }
}

/** One to three different genres in alphabetical order. Drama and Comedy are more frequent. */
function drawGenres(random: Random): readonly number[] {
  const wanted = 1 + Math.floor(random() * 3);
  const genres = new Set<number>();
  while (genres.size < wanted) {
    const common = random();
    genres.add(common < 0.2 ? 7 : common < 0.35 ? 4 : Math.floor(random() * GENRES.length));
  }
  return [...genres].sort((a, b) => a - b);
}

/** A random row; its probability is proportional to popularity. */
export function drawMovie(random: Random, { cumulative }: SyntheticCatalogue): number {
  const target = random() * (cumulative[cumulative.length - 1] as number);
  let low = 0;
  let high = cumulative.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((cumulative[middle] as number) <= target) low = middle + 1;
    else high = middle;
  }
  return low;
}

export function idOf({ movies }: SyntheticCatalogue, row: number): number {
  return (movies[row] as Movie).id;
}

/** The dot product of a movie's factors and a taste, stars: preference beyond the biases. */
export function affinity({ factors }: SyntheticCatalogue, row: number, taste: Float64Array): number {
  let stars = 0;
  for (let d = 0; d < DIMENSIONS; d++) {
    stars += (factors[row * DIMENSIONS + d] as number) * (taste[d] as number);
  }
  return stars;
}
