import { seededRandom } from '../../lib/random.ts';
import { SCRATCH } from '../../math/compute/kernels.ts';
import { WorkerPool } from '../../math/compute/worker-pool.ts';
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

/** Chunks of the work that threads share. */
const CHUNKS = 64;

/** Pairs of movies by the row of one of them (CSR). */
export interface MoviePairs {
  /** movies + 1 offsets. */
  readonly pointers: Int32Array;
  /** Rows of the other movie. */
  readonly others: Int32Array;
}

/** How alike movies are by who likes them. */
export interface CoLiking {
  /** The movies most alike to a movie, most alike first, with their similarities above 0, at most 1. */
  mostAlike(row: number): { readonly rows: Int32Array; readonly similarities: Float32Array };
  /** The similarities of the asked pairs, in their order; 0 for movies that too few people like both. */
  readonly ofPairs: Float32Array;
}

export interface CoLikingOptions {
  /** The rated movies. Rows of movies are those of it. */
  readonly movies: Vocabulary;
  /** Movies to find for each movie. */
  readonly most: number;
  /** Pairs whose similarities are wanted in any case. */
  readonly pairs: MoviePairs;
}

/**
 * The cosine of likings, weighted by w_u = 1 / √n_u for n_u ratings, and shrunken by the number of people who rated both:
 *
 *     s_ij = Σ_u w_u l_ui l_uj / (|l_i| |l_j|) · n_ij / (n_ij + SHRINKAGE),   l_ui = max(0, 1 + (r_ui − r̄_u) / 2)
 *
 * A rating says something by its stars, and something by having been given at all. Above `MOST_PAIRS`, samples of the
 * ratings of active people and of the raters of popular movies are added up, weighted by the inverse of their share
 * (Horvitz & Thompson, JASA 1952): the time does not grow with the square of a history. Memory: some numbers for each
 * movie and rating, none for a pair that is neither found nor asked for. Threads share the work.
 */
export function coLiking(ratings: Ratings, { movies, most, pairs }: CoLikingOptions): CoLiking {
  const pool = new WorkerPool();
  try {
    const { arena } = pool;
    const integers = (values: Int32Array): Int32Array => copied(values, arena.integers(values.length));
    const floats = (values: Float32Array): Float32Array => copied(values, arena.floats(values.length));
    const { raters, sample, norms, least } = likings(ratings, movies);
    const pointers = integers(raters.pointers);
    const lengths = arena.integers(movies.size);
    const rows = arena.integers(movies.size * most);
    const similarities = arena.floats(movies.size * most);
    const ofPairs = arena.floats(pairs.others.length);
    pool.run(
      'coLikingRows',
      [
        pointers.byteOffset,
        integers(raters.users).byteOffset,
        floats(raters.weights).byteOffset,
        integers(sample.pointers).byteOffset,
        integers(sample.movies).byteOffset,
        floats(sample.likings).byteOffset,
        floats(norms).byteOffset,
        integers(least).byteOffset,
        movies.size,
        SHRINKAGE,
        most,
        lengths.byteOffset,
        rows.byteOffset,
        similarities.byteOffset,
        integers(pairs.pointers).byteOffset,
        integers(pairs.others).byteOffset,
        ofPairs.byteOffset,
      ],
      {
        bounds: pool.weightedBounds(pointers, 1, CHUNKS),
        scratch: SCRATCH.coLikingRows(movies.size, most),
      },
    );
    return {
      mostAlike: (row) => {
        const [start, end] = [row * most, row * most + (lengths[row] as number)];
        return { rows: rows.subarray(start, end), similarities: similarities.subarray(start, end) };
      },
      ofPairs,
    };
  } finally {
    // The result is complete. Nobody has to wait for the end of the threads.
    void pool.close();
  }
}

function copied<T extends Int32Array | Float32Array>(values: T, to: T): T {
  to.set(values);
  return to;
}

/** The raters of each movie (CSR), or a sample of them. */
interface Raters {
  readonly pointers: Int32Array;
  readonly users: Int32Array;
  /** w_u l_ui, divided by the shares of both samples. */
  readonly weights: Float32Array;
}

interface Likings {
  readonly raters: Raters;
  readonly sample: LikingSample;
  /** |l_i| */
  readonly norms: Float32Array;
  /** So many people must have rated a movie and another, for the pair to count. */
  readonly least: Int32Array;
}

function likings(ratings: Ratings, movies: Vocabulary): Likings {
  const users = vocabularyOf(ratings.userIds);
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
  const norms = new Float32Array(movies.size);
  const least = new Int32Array(movies.size);
  const pointers = new Int32Array(movies.size + 1);
  const raters = new Int32Array(byMovie.columns.length);
  const ratersWeights = new Float32Array(byMovie.columns.length);
  let length = 0;
  for (let movie = 0; movie < movies.size; movie++) {
    const [from, to] = [byMovie.pointers[movie] as number, byMovie.pointers[movie + 1] as number];
    const likedAt = (at: number): number =>
      likingOf(byMovie.columns[at] as number, byMovie.halves[at] as number);
    let square = 0;
    for (let at = from; at < to; at++)
      square += (weights[byMovie.columns[at] as number] as number) * likedAt(at) ** 2;
    norms[movie] = Math.sqrt(square);
    least[movie] = to - from >= MANY ? 2 : 1;
    const step = stepOf(movie);
    for (let place = from; place < to; place += step) {
      const at = Math.floor(place);
      const user = byMovie.columns[at] as number;
      const own = likedAt(at);
      if (own === 0) continue;
      raters[length] = user;
      ratersWeights[length++] = (step * own * (weights[user] as number)) / (sample.shares[user] as number);
    }
    pointers[movie + 1] = length;
  }
  return {
    raters: { pointers, users: raters.subarray(0, length), weights: ratersWeights.subarray(0, length) },
    sample,
    norms,
    least,
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
