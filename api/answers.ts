import { once } from '../pipeline/lib/once.ts';
import type { GivenRating, Person, Prediction } from '../pipeline/model/model.ts';
import { type MovieLikeness, movieLikeness } from '../pipeline/model/movie-likeness.ts';
import { reasonsFor, recommend } from '../pipeline/model/recommend.ts';
import type { Serving } from '../pipeline/serving/open-serving.ts';
import type { ListStrategy } from './schemas.ts';

/** Standard deviations that 80% of a normal distribution lie within. */
const Z80 = 1.2815515594600038;
/** Ratings that are named as the reason of a recommendation. */
const REASONS = 2;

export interface ListWishes {
  readonly k: number;
  /** Position in the catalogue's genres, or null for all. */
  readonly genre: number | null;
  readonly diversity: number;
  readonly explain: boolean;
  readonly excludeRated: boolean;
  /** Further movies that are not shown. @default none */
  readonly exclude?: readonly number[];
}

/** Somebody a list is made for. */
export interface Asker {
  readonly person: Person;
  /** What is known of them; lists leave these movies out. */
  readonly rated: readonly GivenRating[];
}

export type Answers = ReturnType<typeof answersOf>;

/** What the routes say, made of what is served. */
export function answersOf({ model, catalogue, seen }: Serving) {
  const likeness = once((): MovieLikeness | null =>
    model.movieVectors === null ? null : movieLikeness(model.movieVectors),
  );

  const movie = (movieId: number) => {
    const row = catalogue.movies.rowOf(movieId);
    return {
      movie: movieId,
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
  /** A user by what the model knows, or by ratings given since; told what else is known of them. */
  const asker = (userId: number, rated: readonly GivenRating[]): Asker => ({
    person: model.users.rowOf(userId) >= 0 ? model.person(userId) : model.foldIn(rated),
    rated,
  });

  return {
    movie,
    titleOf,
    likeness,
    asker,
    /** Ratings of a user in the bundle; none where the database has to be asked. */
    seenBy: (userId: number): readonly GivenRating[] => seen?.ratingsOf(userId) ?? [],
    prediction: (user: number, movieId: number, predicted: Prediction) => ({
      user,
      movie: movieId,
      rating: rounded(predicted.rating),
      deviation: predicted.deviation === null ? null : rounded(predicted.deviation),
      interval: interval(predicted),
      strategy: predicted.strategy,
    }),
    ratedMovie: (row: number) => {
      const { ratings, halves } = catalogue.tallyOf(row);
      return {
        ...movie(catalogue.movies.ids[row] as number),
        ratings,
        meanRating: ratings === 0 ? null : rounded(halves / 2 / ratings),
      };
    },
    list: ({ person, rated }: Asker, wishes: ListWishes) => {
      const { k, genre, diversity, explain, excludeRated, exclude = [] } = wishes;
      const alike = diversity === 0 ? null : likeness();
      const { strategy, items } = recommend(model.movies, person, {
        k,
        exclude: excludeRated ? [...exclude, ...rated.map(({ movieId }) => movieId)] : exclude,
        allows:
          genre === null
            ? undefined
            : (movieId) => catalogue.isOfGenre(catalogue.movies.rowOf(movieId), genre),
        diversity: alike === null ? undefined : { strength: diversity, likeness: alike },
      });
      const told = explain ? model.foldIn(rated) : null;
      return {
        strategy: listStrategy(strategy),
        excluded: excludeRated ? new Set(rated.map(({ movieId }) => movieId)).size : 0,
        recommendations: items.map(({ movieId, predicted }) => ({
          ...movie(movieId),
          rating: rounded(predicted.rating),
          interval: interval(predicted),
          ...(told === null
            ? {}
            : {
                because: reasonsFor(told, movieId, REASONS).map((reason) => ({
                  movie: reason,
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

/** Six decimals: what a smoke test compares, and shorter to send. */
export function rounded(value: number): number {
  return Math.round(value * 1e6) / 1e6;
}
