import { once } from '../pipeline/lib/once.ts';
import type { MovieLikeness } from '../pipeline/model/movie-likeness.ts';
import type { Catalogue } from '../pipeline/serving/catalogue.ts';
import type { Serving } from '../pipeline/serving/open-serving.ts';
import { rounded } from './answers.ts';

/**
 * Ratings at the overall mean that every movie is given beside its own, so that a few enthusiasts do not put a movie
 * first.
 */
export const DAMPING = 25;

/** Rows of the catalogue, the most rated first. */
export function moviesByPopularity(catalogue: Catalogue): () => Int32Array {
  return once(() => sortedRows(catalogue, (row) => catalogue.tallyOf(row).ratings));
}

/** Rows of the rated movies by damped mean: (Σ stars + damping · μ) / (n + damping), the best first. */
export function moviesByDampedMean(catalogue: Catalogue): () => {
  readonly rows: Int32Array;
  readonly dampedMeanOf: (row: number) => number;
} {
  return once(() => {
    let [ratings, stars] = [0, 0];
    for (let row = 0; row < catalogue.movies.size; row++) {
      const tally = catalogue.tallyOf(row);
      ratings += tally.ratings;
      stars += tally.halves / 2;
    }
    const mean = ratings === 0 ? 0 : stars / ratings;
    const dampedMeanOf = (row: number): number => {
      const tally = catalogue.tallyOf(row);
      return (tally.halves / 2 + DAMPING * mean) / (tally.ratings + DAMPING);
    };
    const rows = sortedRows(catalogue, dampedMeanOf).filter((row) => catalogue.tallyOf(row).ratings > 0);
    return { rows, dampedMeanOf };
  });
}

function sortedRows({ movies }: Catalogue, measure: (row: number) => number): Int32Array {
  const values = Float64Array.from(movies.ids, (_, row) => measure(row));
  return Int32Array.from(movies.ids, (_, row) => row).sort(
    (a, b) => (values[b] as number) - (values[a] as number) || a - b,
  );
}

export interface SimilarMovie {
  readonly movieId: number;
  readonly similarity: number;
}

/**
 * The movies most like one: by what the model has learned, or by genres where it has learned nothing.
 *
 * @param row of the catalogue. @param genre position in its genres, or null for all.
 */
export function similarMovies(
  { model, catalogue }: Serving,
  likeness: MovieLikeness | null,
  row: number,
  { k, genre }: { readonly k: number; readonly genre: number | null },
): { readonly strategy: 'ratings' | 'genres'; readonly movies: readonly SimilarMovie[] } {
  const movieId = catalogue.movies.ids[row] as number;
  const isRated = (of: number): boolean => catalogue.tallyOf(of).ratings > 0;
  const modelRow = model.movies.rowOf(movieId);
  if (likeness !== null && modelRow >= 0 && isRated(row)) {
    const near = likeness.nearest(modelRow, k, (other) => {
      const otherRow = catalogue.movies.rowOf(model.movies.ids[other] as number);
      return isRated(otherRow) && (genre === null || catalogue.isOfGenre(otherRow, genre));
    });
    const movies = near.map(({ row: other, cosine }) => ({
      movieId: model.movies.ids[other] as number,
      similarity: rounded(cosine),
    }));
    if (movies.length > 0) return { strategy: 'ratings', movies };
  }
  return { strategy: 'genres', movies: alikeByGenres(catalogue, row, k, genre) };
}

/** Years after which two movies of the same genres are half as alike. */
const YEARS = 20;

/** By the share of genres two movies have in common (Jaccard), and less the more years lie between them. */
function alikeByGenres(
  catalogue: Catalogue,
  row: number,
  k: number,
  genre: number | null,
): readonly SimilarMovie[] {
  const own = new Set(catalogue.genresOf(row));
  const year = catalogue.yearOf(row);
  const alike: { readonly row: number; readonly similarity: number }[] = [];
  for (let other = 0; other < catalogue.movies.size; other++) {
    if (other === row || (genre !== null && !catalogue.isOfGenre(other, genre))) continue;
    const genres = catalogue.genresOf(other);
    const common = genres.filter((name) => own.has(name)).length;
    if (common === 0) continue;
    const otherYear = catalogue.yearOf(other);
    const years = year === null || otherYear === null ? YEARS : Math.abs(year - otherYear);
    alike.push({
      row: other,
      similarity: (common / (own.size + genres.length - common)) * 0.5 ** (years / YEARS),
    });
  }
  return alike
    .sort(
      (a, b) =>
        b.similarity - a.similarity || catalogue.tallyOf(b.row).ratings - catalogue.tallyOf(a.row).ratings,
    )
    .slice(0, k)
    .map((movie) => ({
      movieId: catalogue.movies.ids[movie.row] as number,
      similarity: rounded(movie.similarity),
    }));
}
