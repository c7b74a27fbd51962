import { once } from '../pipeline/lib/once.ts';
import type { Prediction } from '../pipeline/model/model.ts';
import { type MovieSimilarity, movieSimilarity } from '../pipeline/model/movie-similarity.ts';
import { reasonsFor, recommend } from '../pipeline/model/recommend.ts';
import type { Serving } from '../pipeline/serving/open-serving.ts';
import type { RequestId, RequestIds } from './request-ids.ts';
import type { ListStrategy } from './schemas.ts';
import type { TargetUser } from './target-users.ts';

/** 80% of a normal distribution lie within so many standard deviations of its mean. */
const Z80 = 1.2815515594600038;
/** Ratings that are named as the reason of a recommendation, at most. */
const MAX_REASONS = 2;

export interface ListOptions {
  readonly k: number;
  /** Position in the catalogue's genres, or null for all. */
  readonly genre: number | null;
  readonly diversity: number;
  readonly explain: boolean;
  readonly excludeRated: boolean;
  /** Further movies to leave out. @default none */
  readonly exclude?: readonly number[];
}

export type ResponseBodies = ReturnType<typeof responseBodies>;

/** Makes the parts of responses from a served bundle. */
export function responseBodies({ model, catalogue }: Serving, ids: Pick<RequestIds, 'movieName'>) {
  const similarity = once((): MovieSimilarity | null =>
    model.movieVectors === null ? null : movieSimilarity(model.movieVectors),
  );

  const movie = (movieId: number) => {
    const row = catalogue.movies.rowOf(movieId);
    return {
      movie: ids.movieName(movieId),
      title: titleOf(movieId),
      year: row < 0 ? null : catalogue.yearOf(row),
      genres: row < 0 ? [] : [...catalogue.genresOf(row)],
    };
  };
  const titleOf = (movieId: number): string | null => {
    const row = catalogue.movies.rowOf(movieId);
    return (row < 0 ? '' : catalogue.titleOf(row)) || null;
  };
  const interval = ({ rating, deviation }: Prediction): [number, number] | null => {
    if (deviation === null) return null;
    const [lowest, highest] = model.scale;
    return [
      rounded(Math.max(lowest, rating - Z80 * deviation)),
      rounded(Math.min(highest, rating + Z80 * deviation)),
    ];
  };

  return {
    movie,
    similarity,
    prediction: (user: RequestId, movie: RequestId, predicted: Prediction) => ({
      user,
      movie,
      rating: rounded(predicted.rating),
      deviation: predicted.deviation === null ? null : rounded(predicted.deviation),
      interval: interval(predicted),
      strategy: predicted.strategy,
    }),
    ratedMovie: (row: number) => {
      const { ratings, halves } = catalogue.totalsOf(row);
      return {
        ...movie(catalogue.movies.ids[row] as number),
        ratings,
        meanRating: ratings === 0 ? null : rounded(halves / 2 / ratings),
      };
    },
    list: ({ person, rated }: TargetUser, options: ListOptions) => {
      const { k, genre, diversity, explain, excludeRated, exclude = [] } = options;
      const vectors = diversity === 0 ? null : similarity();
      const { strategy, items } = recommend(model.movies, person, {
        k,
        exclude: excludeRated ? [...exclude, ...rated.map(({ movieId }) => movieId)] : exclude,
        allows:
          genre === null
            ? undefined
            : (movieId) => catalogue.isOfGenre(catalogue.movies.rowOf(movieId), genre),
        diversity: vectors === null ? undefined : { strength: diversity, similarity: vectors },
      });
      const explained = explain ? model.foldIn(rated) : null;
      return {
        strategy: listStrategy(strategy),
        excluded: excludeRated ? new Set(rated.map(({ movieId }) => movieId)).size : 0,
        recommendations: items.map(({ movieId, predicted }) => ({
          ...movie(movieId),
          rating: rounded(predicted.rating),
          interval: interval(predicted),
          ...(explained === null
            ? {}
            : {
                because: reasonsFor(explained, movieId, MAX_REASONS).map((reason) => ({
                  movie: ids.movieName(reason),
                  title: titleOf(reason),
                })),
              }),
        })),
      };
    },
  };
}

function listStrategy(strategy: Prediction['strategy']): ListStrategy {
  return strategy === 'personalised' || strategy === 'folded-in' ? strategy : 'popular';
}

/** Six decimals are enough for a smoke test to compare, and shorter to send. */
export function rounded(value: number): number {
  return Math.round(value * 1e6) / 1e6;
}
