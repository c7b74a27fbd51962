import { once } from '../pipeline/lib/once.ts';
import type { MovieSimilarity } from '../pipeline/model/movie-similarity.ts';
import { neighboursOfAll } from '../pipeline/model/neighbours.ts';
import type { Catalogue } from '../pipeline/serving/catalogue.ts';
import type { Serving } from '../pipeline/serving/open-serving.ts';
import { rounded } from './rounded.ts';

/** Ratings at the overall mean that are added to each movie, so that a few enthusiasts cannot put a movie first. */
export const DAMPING = 25;

/** Rows of the rated movies by damped mean, the best first: (Σ stars + damping · μ) / (n + damping). */
export function moviesByDampedMean(catalogue: Catalogue): () => {
  readonly rows: Int32Array;
  readonly dampedMeanOf: (row: number) => number;
} {
  return once(() => {
    let [ratings, stars] = [0, 0];
    for (let row = 0; row < catalogue.movies.size; row++) {
      const totals = catalogue.totalsOf(row);
      ratings += totals.ratings;
      stars += totals.halves / 2;
    }
    const mean = ratings === 0 ? 0 : stars / ratings;
    const dampedMeanOf = (row: number): number => {
      const totals = catalogue.totalsOf(row);
      return (totals.halves / 2 + DAMPING * mean) / (totals.ratings + DAMPING);
    };
    const rows = sortedRows(catalogue, dampedMeanOf).filter((row) => catalogue.totalsOf(row).ratings > 0);
    return { rows, dampedMeanOf };
  });
}

/** Rows of all movies, the most rated first. */
export function moviesByPopularity(catalogue: Catalogue): () => Int32Array {
  return once(() => sortedRows(catalogue, (row) => catalogue.totalsOf(row).ratings));
}

function sortedRows({ movies }: Catalogue, scoreOf: (row: number) => number): Int32Array {
  const values = Float64Array.from(movies.ids, (_, row) => scoreOf(row));
  return Int32Array.from(movies.ids, (_, row) => row).sort(
    (a, b) => (values[b] as number) - (values[a] as number) || a - b,
  );
}

export interface GenreTotals {
  readonly name: string;
  readonly movies: number;
  /** Of these movies. */
  readonly ratings: number;
}

/** The movies and ratings of each genre, in alphabetical order. A movie counts for each of its genres. */
export function genreTotals({ movies, genres, genresOf, totalsOf }: Catalogue): readonly GenreTotals[] {
  const totals = new Map(genres.map((name) => [name, { name, movies: 0, ratings: 0 }]));
  for (let row = 0; row < movies.size; row++) {
    const { ratings } = totalsOf(row);
    for (const genre of genresOf(row)) {
      const total = totals.get(genre);
      if (total === undefined) continue;
      total.movies++;
      total.ratings += ratings;
    }
  }
  return [...totals.values()];
}

export interface SimilarMovie {
  readonly movieId: number;
  readonly similarity: number;
}

export interface SimilarMovies {
  /** What the first of them are based on. */
  readonly strategy: 'ratings' | 'genres';
  readonly movies: readonly SimilarMovie[];
}

/**
 * The movies most similar to some, by their precomputed neighbours. Where these are too few, movies follow that are
 * similar by the model's movie vectors, then by genres, as in a bundle without neighbours and for movies without
 * ratings.
 *
 * @param rows of the catalogue. @param passes null for all movies. @param exclude ids of movies to leave out.
 */
export function similarMovies(
  serving: Serving,
  similarity: MovieSimilarity | null,
  rows: readonly number[],
  {
    k,
    passes,
    exclude = [],
  }: {
    readonly k: number;
    readonly passes: ((row: number) => boolean) | null;
    readonly exclude?: readonly number[];
  },
): SimilarMovies {
  const { catalogue, neighbours } = serving;
  const hidden = new Set([...rows, ...exclude.map(catalogue.movies.rowOf)]);
  const isRated = (row: number): boolean => catalogue.totalsOf(row).ratings > 0;
  const allows = (row: number): boolean => row >= 0 && !hidden.has(row) && (passes === null || passes(row));
  const list = new Map<number, number>();
  /** Adds movies of a lower rank: their similarities are below those before. */
  const append = (movies: Iterable<SimilarMovie>): void => {
    const highest = [...list.values()].at(-1) ?? 1;
    for (const { movieId, similarity: value } of movies) {
      if (list.size >= k) return;
      if (!list.has(movieId)) list.set(movieId, highest * value);
    }
  };
  const ids = rows.map((row) => catalogue.movies.ids[row] as number);
  if (neighbours !== null) {
    append(
      neighboursOfAll(neighbours, ids).filter(({ movieId }) => {
        const row = catalogue.movies.rowOf(movieId);
        return allows(row) && isRated(row);
      }),
    );
  }
  if (list.size < k && similarity !== null) {
    append(similarByVectors(serving, similarity, rows, k + list.size, (row) => allows(row) && isRated(row)));
  }
  const strategy = list.size > 0 ? 'ratings' : 'genres';
  if (list.size < k) append(similarByGenres(catalogue, rows, allows));
  return {
    strategy,
    movies: Array.from(list, ([movieId, value]) => ({ movieId, similarity: rounded(value) })),
  };
}

/** By the cosine of the vectors with the given movies, its mean over them. Movies without ratings are left out. */
function similarByVectors(
  { model, catalogue }: Serving,
  similarity: MovieSimilarity,
  rows: readonly number[],
  k: number,
  allows: (row: number) => boolean,
): readonly SimilarMovie[] {
  const sums = new Map<number, number>();
  for (const row of rows) {
    const modelRow = model.movies.rowOf(catalogue.movies.ids[row] as number);
    if (modelRow < 0 || catalogue.totalsOf(row).ratings === 0) continue;
    const nearest = similarity.nearest(modelRow, k, (other) =>
      allows(catalogue.movies.rowOf(model.movies.ids[other] as number)),
    );
    for (const { row: other, cosine } of nearest) {
      const movieId = model.movies.ids[other] as number;
      sums.set(movieId, (sums.get(movieId) ?? 0) + cosine / rows.length);
    }
  }
  return Array.from(sums, ([movieId, mean]) => ({ movieId, similarity: mean }))
    .filter((movie) => movie.similarity > 0)
    .sort((a, b) => b.similarity - a.similarity || a.movieId - b.movieId);
}

/** The similarity of two movies halves for so many years between them. */
const HALF_LIFE_YEARS = 20;

/** By the Jaccard index of the genres, times 0.5 for each 20 years between the movies; the mean over the given movies. */
function similarByGenres(
  catalogue: Catalogue,
  rows: readonly number[],
  allows: (row: number) => boolean,
): readonly SimilarMovie[] {
  const given = rows.map((row) => ({
    genres: new Set(catalogue.genresOf(row)),
    year: catalogue.yearOf(row),
  }));
  const similar: (SimilarMovie & { readonly ratings: number })[] = [];
  for (let other = 0; other < catalogue.movies.size; other++) {
    if (!allows(other)) continue;
    const genres = catalogue.genresOf(other);
    const otherYear = catalogue.yearOf(other);
    let sum = 0;
    for (const { genres: own, year } of given) {
      const common = genres.filter((name) => own.has(name)).length;
      const years = year === null || otherYear === null ? HALF_LIFE_YEARS : Math.abs(year - otherYear);
      if (common > 0) {
        sum += (common / (own.size + genres.length - common)) * 0.5 ** (years / HALF_LIFE_YEARS);
      }
    }
    if (sum === 0) continue;
    similar.push({
      movieId: catalogue.movies.ids[other] as number,
      similarity: sum / given.length,
      ratings: catalogue.totalsOf(other).ratings,
    });
  }
  return similar.sort((a, b) => b.similarity - a.similarity || b.ratings - a.ratings);
}
