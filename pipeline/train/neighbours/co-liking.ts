import { seededRandom } from '../../lib/random.ts';
import { matrixPair, type RatingMatrix } from '../../ratings/matrix.ts';
import type { Ratings } from '../../ratings/ratings.ts';
import { type Vocabulary, vocabularyOf } from '../../ratings/vocabulary.ts';

/** Raters of a movie that are read, at most; of more a sample. */
const MOST_BY_MOVIE = 4_000;
/** Pairs of ratings of one person that are added up, at most; of the ratings of people with many a sample counts. */
const MOST_PAIRS = 1.2e9;
/** From so many ratings of a movie on, one person in common says nothing. */
const MANY = 50;
/** Random stream of the samples. Trainings use others. */
const STREAM = 7;
/** So many people who rated both movies make the similarity half of what it would be with very many. */
const SHRINKAGE = 20;

/** How alike movies are by who likes them. Rows are those of `movies`. */
export interface CoLiking {
  readonly movies: Vocabulary;
  /** Number of ratings of each movie. */
  readonly counts: Int32Array;
  /** Writes the similarity of a movie to every other one, 0 to 1, and returns the rows of those, in memory that is reused. */
  similarTo(row: number, similarities: Float32Array): Int32Array;
}

/**
 * The cosine of likings, weighted by w_u = 1 / √n_u for n_u ratings, and shrunken by the number of people who rated both:
 *
 *     s_ij = Σ_u w_u l_ui l_uj / (|l_i| |l_j|) · n_ij / (n_ij + SHRINKAGE),   l_ui = max(0, 1 + (r_ui − r̄_u) / 2)
 *
 * A rating says something by its stars, and something by having been given at all. Above `MOST_PAIRS`, samples of the
 * ratings of active people and of the raters of popular movies are added up, weighted by the inverse of their share
 * (Horvitz & Thompson, JASA 1952): the time does not grow with the square of a history. Memory: a number for each movie
 * and each rating, none for a pair.
 */
export function coLiking(ratings: Ratings): CoLiking {
  const users = vocabularyOf(ratings.userIds);
  const movies = vocabularyOf(ratings.movieIds);
  const { byUser, byMovie } = matrixPair(ratings, users, movies);
  const means = meansOf(byUser);
  const weights = Float64Array.from(
    { length: users.size },
    (_, user) => 1 / Math.sqrt(lengthOf(byUser, user)),
  );
  const likingOf = (user: number, halves: number): number =>
    Math.max(0, 1 + (halves - (means[user] as number)) / 4);
  const stepOf = (movie: number): number => Math.max(1, lengthOf(byMovie, movie) / MOST_BY_MOVIE);
  const sample = sampleOf(byUser, likingOf, mostByUser(byUser, stepOf));
  const norms = new Float64Array(movies.size);
  for (let movie = 0; movie < movies.size; movie++) {
    let square = 0;
    for (let at = byMovie.pointers[movie] as number; at < (byMovie.pointers[movie + 1] as number); at++) {
      const user = byMovie.columns[at] as number;
      square += (weights[user] as number) * likingOf(user, byMovie.halves[at] as number) ** 2;
    }
    norms[movie] = Math.sqrt(square);
  }
  /** Two numbers for each movie: the sum, and the number of people. */
  const sums = new Float32Array(2 * movies.size);
  const touched = new Int32Array(movies.size);
  return {
    movies,
    counts: Int32Array.from({ length: movies.size }, (_, movie) => lengthOf(byMovie, movie)),
    similarTo(row, similarities) {
      const [from, to] = [byMovie.pointers[row] as number, byMovie.pointers[row + 1] as number];
      const step = stepOf(row);
      let length = 0;
      for (let place = from; place < to; place += step) {
        const at = Math.floor(place);
        const user = byMovie.columns[at] as number;
        const own = likingOf(user, byMovie.halves[at] as number);
        if (own === 0) continue;
        const factor = (step * own * (weights[user] as number)) / (sample.shares[user] as number);
        const end = sample.pointers[user + 1] as number;
        for (let j = sample.pointers[user] as number; j < end; j++) {
          const other = sample.movies[j] as number;
          const slot = 2 * other;
          if (sums[slot + 1] === 0) touched[length++] = other;
          sums[slot] = (sums[slot] as number) + factor * (sample.likings[j] as number);
          sums[slot + 1] = (sums[slot + 1] as number) + 1;
        }
      }
      const least = to - from >= MANY ? 2 : 1;
      let found = 0;
      for (let at = 0; at < length; at++) {
        const other = touched[at] as number;
        const both = sums[2 * other + 1] as number;
        if (other !== row && both >= least) {
          const cosine = (sums[2 * other] as number) / ((norms[row] as number) * (norms[other] as number));
          similarities[other] = Math.min(1, cosine) * (both / (both + SHRINKAGE));
          touched[found++] = other;
        }
        sums[2 * other] = 0;
        sums[2 * other + 1] = 0;
      }
      return touched.subarray(0, found);
    },
  };
}

/**
 * How many ratings of a person count, at most, so that no more than `MOST_PAIRS` pairs are added up.
 *
 * @param stepOf of how many raters of a movie one is read.
 */
function mostByUser(
  { rowCount, pointers, columns }: RatingMatrix,
  stepOf: (movie: number) => number,
): number {
  const read = new Float64Array(rowCount);
  let longest = 1;
  for (let user = 0; user < rowCount; user++) {
    for (let at = pointers[user] as number; at < (pointers[user + 1] as number); at++) {
      read[user] = (read[user] as number) + 1 / stepOf(columns[at] as number);
    }
    longest = Math.max(longest, (pointers[user + 1] as number) - (pointers[user] as number));
  }
  const pairsWith = (most: number): number => {
    let pairs = 0;
    for (let user = 0; user < rowCount; user++) {
      pairs +=
        (read[user] as number) * Math.min(most, (pointers[user + 1] as number) - (pointers[user] as number));
    }
    return pairs;
  };
  let [least, most] = [1, longest];
  while (least < most) {
    const middle = Math.ceil((least + most) / 2);
    if (pairsWith(middle) <= MOST_PAIRS) least = middle;
    else most = middle - 1;
  }
  return least;
}

function lengthOf({ pointers }: RatingMatrix, row: number): number {
  return (pointers[row + 1] as number) - (pointers[row] as number);
}

/** Mean half stars of each row. */
function meansOf({ rowCount, pointers, halves }: RatingMatrix): Float64Array {
  const means = new Float64Array(rowCount);
  for (let row = 0; row < rowCount; row++) {
    let sum = 0;
    for (let at = pointers[row] as number; at < (pointers[row + 1] as number); at++)
      sum += halves[at] as number;
    means[row] = sum / ((pointers[row + 1] as number) - (pointers[row] as number));
  }
  return means;
}

interface LikingSample {
  readonly pointers: Int32Array;
  readonly movies: Int32Array;
  readonly likings: Float32Array;
  /** Share of a person's likings that are in the sample. */
  readonly shares: Float32Array;
}

/** Of each person at most `most` likings, chosen at random, always the same. */
function sampleOf(
  { rowCount, pointers, columns, halves }: RatingMatrix,
  likingOf: (user: number, halves: number) => number,
  most: number,
): LikingSample {
  const random = seededRandom(0, STREAM);
  const starts = new Int32Array(rowCount + 1);
  const shares = new Float32Array(rowCount);
  const movies = new Int32Array(columns.length);
  const likings = new Float32Array(columns.length);
  let length = 0;
  for (let user = 0; user < rowCount; user++) {
    const [from, to] = [pointers[user] as number, pointers[user + 1] as number];
    let liked = 0;
    for (let at = from; at < to; at++) if (likingOf(user, halves[at] as number) > 0) liked++;
    const wanted = Math.min(liked, most);
    shares[user] = liked === 0 ? 1 : wanted / liked;
    let [left, missing] = [liked, wanted];
    for (let at = from; at < to && missing > 0; at++) {
      const liking = likingOf(user, halves[at] as number);
      if (liking === 0) continue;
      // Each of the likings that are left is chosen with the share that is missing (Knuth, algorithm S).
      if (left === missing || random() * left < missing) {
        movies[length] = columns[at] as number;
        likings[length++] = liking;
        missing--;
      }
      left--;
    }
    starts[user + 1] = length;
  }
  return { pointers: starts, movies: movies.slice(0, length), likings: likings.slice(0, length), shares };
}
