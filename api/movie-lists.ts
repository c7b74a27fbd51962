import { once } from '../pipeline/lib/once.ts';
import type { MovieSimilarity } from '../pipeline/model/movie-similarity.ts';
import type { Catalogue } from '../pipeline/serving/catalogue.ts';
import type { Serving } from '../pipeline/serving/open-serving.ts';
import { rounded } from './response-bodies.ts';

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

export interface SimilarMovie {
  readonly movieId: number;
  readonly similarity: number;
}

/**
 * The movies most similar to one: by the model's movie vectors, or by genres where the model has no vector.
 *
 * @param row of the catalogue. @param genre position in the catalogue's genres, or null for all.
 */
export function similarMovies(
  { model, catalogue }: Serving,
  similarity: MovieSimilarity | null,
  row: number,
  { k, genre }: { readonly k: number; readonly genre: number | null },
): { readonly strategy: 'ratings' | 'genres'; readonly movies: readonly SimilarMovie[] } {
  const movieId = catalogue.movies.ids[row] as number;
  const isRated = (of: number): boolean => catalogue.totalsOf(of).ratings > 0;
  const modelRow = model.movies.rowOf(movieId);
  if (similarity !== null && modelRow >= 0 && isRated(row)) {
    const nearest = similarity.nearest(modelRow, k, (other) => {
      const otherRow = catalogue.movies.rowOf(model.movies.ids[other] as number);
      return isRated(otherRow) && (genre === null || catalogue.isOfGenre(otherRow, genre));
    });
    const movies = nearest.map(({ row: other, cosine }) => ({
      movieId: model.movies.ids[other] as number,
      similarity: rounded(cosine),
    }));
    if (movies.length > 0) return { strategy: 'ratings', movies };
  }
  return { strategy: 'genres', movies: similarByGenres(catalogue, row, k, genre) };
}

/** The similarity of two movies halves for so many years between them. */
const HALF_LIFE_YEARS = 20;

/** By the Jaccard index of the genres, times 0.5 for each 20 years between the movies. */
function similarByGenres(
  catalogue: Catalogue,
  row: number,
  k: number,
  genre: number | null,
): readonly SimilarMovie[] {
  const own = new Set(catalogue.genresOf(row));
  const year = catalogue.yearOf(row);
  const similar: (SimilarMovie & { readonly ratings: number })[] = [];
  for (let other = 0; other < catalogue.movies.size; other++) {
    if (other === row || (genre !== null && !catalogue.isOfGenre(other, genre))) continue;
    const genres = catalogue.genresOf(other);
    const common = genres.filter((name) => own.has(name)).length;
    if (common === 0) continue;
    const otherYear = catalogue.yearOf(other);
    const years = year === null || otherYear === null ? HALF_LIFE_YEARS : Math.abs(year - otherYear);
    similar.push({
      movieId: catalogue.movies.ids[other] as number,
      similarity: (common / (own.size + genres.length - common)) * 0.5 ** (years / HALF_LIFE_YEARS),
      ratings: catalogue.totalsOf(other).ratings,
    });
  }
  return similar
    .sort((a, b) => b.similarity - a.similarity || b.ratings - a.ratings)
    .slice(0, k)
    .map(({ movieId, similarity }) => ({ movieId, similarity: rounded(similarity) }));
}
