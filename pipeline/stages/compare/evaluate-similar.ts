import {
  holdOutNextLiked,
  nextLikedRecall,
  SIMILAR_LENGTH,
  type SimilarTo,
  seriesParts,
  seriesRecall,
} from '../../evaluate/similar-movies.ts';
import type { Stopwatch } from '../../lib/stopwatch.ts';
import { movieSimilarity } from '../../model/movie-similarity.ts';
import { decodeNeighbours, encodeNeighbours } from '../../model/neighbours.ts';
import type { Movie } from '../../ratings/movie.ts';
import type { Ratings } from '../../ratings/ratings.ts';
import { titleSeries } from '../../ratings/title-series.ts';
import { algorithmNamed } from '../../train/algorithms.ts';
import { findNeighbours, type NeighbourOptions } from '../../train/neighbours/find-neighbours.ts';
import { itemCosine } from '../../train/neighbours/item-cosine.ts';
import type { RatedMovies } from './compare-ratings.ts';

/** One way to find similar movies, measured. */
export interface SimilarMeasurement {
  readonly name: string;
  /** Recall@10 of the next movie that the same user liked. */
  readonly nextLiked: number | null;
  /** Recall@10 of the other parts of a series, as titles say. */
  readonly series: number | null;
  /** To find the neighbours for the training part, seconds. */
  readonly seconds: number;
}

export interface SimilarEvaluation {
  readonly pairs: number;
  readonly seriesMovies: number;
  readonly methods: readonly SimilarMeasurement[];
}

type Method = (ratings: Ratings, movies: readonly Movie[], seed: number) => SimilarTo | Promise<SimilarTo>;

/** By the file that a model is released with, as it is served. */
const neighbours =
  (options: NeighbourOptions): Method =>
  (ratings, movies) => {
    const { of } = decodeNeighbours(encodeNeighbours(findNeighbours(ratings, movies, options)));
    return (movieId) => of(movieId).map(({ movieId: other }) => other);
  };

const METHODS: Readonly<Record<string, Method>> = {
  neighbours: neighbours({}),
  'neighbours without titles': neighbours({ byTitle: false }),
  'item-item cosine': (ratings) => {
    const nearest = itemCosine(ratings);
    return (movieId) => nearest(movieId, SIMILAR_LENGTH);
  },
  'implicit ALS': async (ratings, movies, seed) => {
    const algorithm = algorithmNamed('ials');
    const model = await algorithm.fit(ratings, { hyperParameters: {}, seed, movies });
    if (model.movieVectors === null) return () => [];
    const similarity = movieSimilarity(model.movieVectors);
    return (movieId) => {
      const row = model.movies.rowOf(movieId);
      if (row < 0) return [];
      return similarity.nearest(row, SIMILAR_LENGTH).map((other) => model.movies.ids[other.row] as number);
    };
  },
};

/**
 * Measures similar movies on held-out pairs beside the cosine of ratings and the vectors of implicit ALS. Series are
 * those of the titles, so the neighbours that use titles find them by construction; the row without titles is the one to
 * compare.
 */
export async function evaluateSimilar(
  { ratings, movies }: RatedMovies,
  { seed, stopwatch }: { readonly seed: number; readonly stopwatch: Stopwatch },
): Promise<SimilarEvaluation> {
  const { train, pairs } = holdOutNextLiked(ratings);
  const parts = seriesParts(
    titleSeries(movies.map(({ title }) => title)),
    movies.map(({ id }) => id),
    train,
  );
  const methods: SimilarMeasurement[] = [];
  for (const [name, method] of Object.entries(METHODS)) {
    const started = stopwatch();
    const similarTo = await method(train, movies, seed);
    const seconds = (stopwatch() - started) / 1000;
    methods.push({
      name,
      nextLiked: nextLikedRecall(pairs, similarTo),
      series: seriesRecall(parts, similarTo),
      seconds,
    });
  }
  return { pairs: pairs.length, seriesMovies: parts.size, methods };
}
