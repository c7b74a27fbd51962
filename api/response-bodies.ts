import { once } from '../pipeline/lib/once.ts';
import { type Attributes, attributesOf } from '../pipeline/model/calibrated-list.ts';
import { type GroupMethod, groupList } from '../pipeline/model/group-list.ts';
import { rankedBy } from '../pipeline/model/interactions.ts';
import type { GivenRating, Person, Prediction } from '../pipeline/model/model.ts';
import { type MovieSimilarity, movieSimilarity } from '../pipeline/model/movie-similarity.ts';
import { noveltyData } from '../pipeline/model/novelty.ts';
import { likedGenre, likedRatings, reasonsFor } from '../pipeline/model/reasons.ts';
import { recommend } from '../pipeline/model/recommend.ts';
import { imdbText } from '../pipeline/ratings/movie-links.ts';
import { titleNames } from '../pipeline/ratings/movie-title.ts';
import type { Catalogue } from '../pipeline/serving/catalogue.ts';
import type { Serving } from '../pipeline/serving/open-serving.ts';
import { moviesByDampedMean, moviesByPopularity } from './movie-lists.ts';
import type { RequestId, RequestIds } from './request-ids.ts';
import { rounded } from './rounded.ts';
import type { ListStrategy, REASONS } from './schemas.ts';
import type { TargetUser } from './target-users.ts';

/** 80% of a normal distribution lie within so many standard deviations of its mean. */
const Z80 = 1.2815515594600038;
/** Ratings that are named as the reason of a recommendation, at most. */
const MAX_REASONS = 2;
const POPULAR_SHARE = 0.05;
const NO_ATTRIBUTES = attributesOf([], null);

/** A list for a group. */
export interface GroupListOptions extends Pick<ListOptions, 'k' | 'passes' | 'minRating' | 'exclude'> {
  readonly method: GroupMethod;
}

export interface ListOptions {
  readonly k: number;
  /** Whether a movie may be in the list, by its row in the catalogue. Null for all movies. */
  readonly passes: ((row: number) => boolean) | null;
  readonly diversity: number;
  readonly novelty: number;
  readonly calibrated: boolean;
  readonly minRating?: number | undefined;
  readonly sort: 'score' | 'rating';
  readonly explain: boolean;
  readonly excludeRated: boolean;
  /** Further movies to leave out. @default none */
  readonly exclude?: readonly number[];
}

interface Explanation {
  reason: (typeof REASONS)[number] | null;
  /** Only with the reason `genre`. */
  likedGenre?: string;
  because: { movie: RequestId; title: string | null; stars: number; contribution: number | null }[];
}

export type ResponseBodies = ReturnType<typeof responseBodies>;

/** Makes the parts of responses from a served bundle. */
export function responseBodies(
  { model, catalogue, neighbours, links }: Serving,
  ids: Pick<RequestIds, 'movieName' | 'movieOf'>,
) {
  const popular = popularMovies(catalogue);

  const similarity = once((): MovieSimilarity | null =>
    model.movieVectors === null ? null : movieSimilarity(model.movieVectors),
  );

  const describe = (movieId: number) => {
    const row = catalogue.movies.rowOf(movieId);
    return {
      movie: ids.movieName(movieId),
      title: titleOf(movieId),
      displayTitle: titleNames(titleOf(movieId) ?? '').display || null,
      year: row < 0 ? null : catalogue.yearOf(row),
      genres: row < 0 ? [] : [...catalogue.genresOf(row)],
      ...linksOf(row),
    };
  };
  /** Movies that were asked for, by row of the catalogue: most lists have the same few. */
  const described: ReturnType<typeof describe>[] = [];
  const movie = (movieId: number) => {
    const row = catalogue.movies.rowOf(movieId);
    if (row < 0) return describe(movieId);
    described[row] ??= describe(movieId);
    return described[row];
  };
  const linksOf = (row: number): { imdbId: string | null; tmdbId: number | null } => {
    const { imdb, tmdb } = (row < 0 ? null : links?.linksOf(row)) ?? { imdb: null, tmdb: null };
    return { imdbId: imdb === null ? null : imdbText(imdb), tmdbId: tmdb };
  };
  const ratedMovie = (row: number) => {
    const { ratings, halves } = catalogue.totalsOf(row);
    return {
      ...movie(catalogue.movies.ids[row] as number),
      ratings,
      meanRating: ratings === 0 ? null : rounded(halves / 2 / ratings),
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

  const genresOf = (movieId: number): readonly string[] => {
    const row = catalogue.movies.rowOf(movieId);
    return row < 0 ? [] : catalogue.genresOf(row);
  };
  const novelty = once(
    () =>
      neighbours &&
      noveltyData(neighbours, model.movies, (movieId) => {
        const row = catalogue.movies.rowOf(movieId);
        return row < 0 ? 0 : catalogue.totalsOf(row).ratings;
      }),
  );
  /** Attributes that were asked for, by row of the catalogue. */
  const attributes: Attributes[] = [];
  const attributesById = (movieId: number): Attributes => {
    const row = catalogue.movies.rowOf(movieId);
    if (row < 0) return NO_ATTRIBUTES;
    attributes[row] ??= attributesOf(catalogue.genresOf(row), catalogue.yearOf(row));
    return attributes[row];
  };
  /** Why a movie is in a list: by ratings, or else by the first other reason that holds. */
  const explanation = (person: Person, rated: readonly GivenRating[], movieId: number): Explanation => {
    const named = (reasons: readonly (GivenRating & { readonly contribution?: number })[]) =>
      reasons.map(({ movieId: reason, stars, contribution }) => ({
        movie: ids.movieName(reason),
        title: titleOf(reason),
        stars,
        contribution: contribution === undefined ? null : rounded(contribution),
      }));
    const reasons = reasonsFor(person, rated, movieId, MAX_REASONS);
    if (reasons.length > 0) return { reason: 'ratings', because: named(reasons) };
    const parts = new Set(
      neighbours?.of(movieId).flatMap((other) => (other.isSeries ? [other.movieId] : [])) ?? [],
    );
    const series = likedRatings(rated).filter((rating) => parts.has(rating.movieId));
    if (series.length > 0) {
      return { reason: 'series', because: named(series.slice(0, MAX_REASONS)) };
    }
    const genre = likedGenre(rated, movieId, genresOf);
    if (genre !== null) return { reason: 'genre', likedGenre: genre, because: [] };
    return { reason: popular().has(movieId) ? 'popular' : null, because: [] };
  };

  const allowsOf = ({ passes }: Pick<ListOptions, 'passes'>) => {
    if (passes === null) return undefined;
    return (movieId: number): boolean => {
      const row = catalogue.movies.rowOf(movieId);
      return row >= 0 && passes(row);
    };
  };

  /** Whether there are movies for a further page behind one with these movies. */
  const hasMore = (
    { person, ...target }: TargetUser,
    options: Pick<ListOptions, 'k' | 'passes' | 'minRating' | 'excludeRated' | 'exclude'>,
    listed: readonly number[],
  ): boolean => {
    const { k, minRating, exclude = [] } = options;
    if (listed.length < k) return false;
    const hidden = [...listed, ...exclude, ...knownOf(target, options)];
    const allows = allowsOf(options);
    if (allows === undefined && minRating === undefined && hidden.length < model.movies.size) return true;
    const isHidden = new Set(hidden);
    return model.movies.ids.some(
      (movieId) =>
        !isHidden.has(movieId) &&
        allows?.(movieId) !== false &&
        (minRating === undefined || person.predict(movieId).rating >= minRating),
    );
  };

  const list = ({ person, rated, interactions }: TargetUser, options: ListOptions) => {
    const { k, diversity, calibrated, minRating, sort, explain, exclude = [] } = options;
    const vectors = diversity === 0 ? null : similarity();
    const data = options.novelty === 0 ? null : novelty();
    const known = knownOf({ rated, interactions }, options);
    const { strategy, items } = recommend(model.movies, person, {
      k,
      exclude: [...exclude, ...known],
      allows: allowsOf(options),
      shown: interactions.shown,
      diversity: vectors === null ? undefined : { strength: diversity, similarity: vectors },
      novelty:
        data === null ? undefined : { strength: options.novelty, rated: rankedBy(rated, interactions), data },
      calibration: calibrated
        ? { of: likedRatings(rated).map(({ movieId }) => movieId), attributesOf: attributesById }
        : undefined,
      minRating,
      sort,
    });
    const explained = explain ? model.foldIn(rated) : null;
    return {
      strategy: listStrategy(strategy),
      excluded: known.size,
      recommendations: items.map(({ movieId, predicted }) => ({
        ...movie(movieId),
        rating: rounded(predicted.rating),
        interval: interval(predicted),
        ...(explained === null ? {} : explanation(explained, rated, movieId)),
      })),
    };
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
    ratedMovie,
    movieDetails: (row: number) => ({
      ...ratedMovie(row),
      alternativeTitles: [...titleNames(catalogue.titleOf(row)).alternatives],
    }),
    groupList: (
      people: readonly TargetUser[],
      { k, method, minRating, exclude = [], ...limits }: GroupListOptions,
    ) => {
      const known = new Set(people.flatMap((target) => [...knownOf(target, { excludeRated: true })]));
      const hidden = new Set([...known, ...exclude]);
      const persons = people.map(({ person }) => person);
      const passes = allowsOf(limits);
      const listed = groupList(
        model.movies,
        persons,
        method,
        k,
        (movieId) =>
          !hidden.has(movieId) &&
          passes?.(movieId) !== false &&
          (minRating === undefined || persons.every((person) => person.predict(movieId).rating >= minRating)),
      );
      return {
        excluded: known.size,
        recommendations: listed.map(({ movieId }) => {
          const ratings = persons.map((person) => person.predict(movieId).rating);
          const mean = ratings.reduce((sum, rating) => sum + rating, 0) / ratings.length;
          return { ...movie(movieId), rating: rounded(mean), ratings: ratings.map(rounded) };
        }),
      };
    },
    list,
    /** A list, and whether movies follow it. */
    page: (target: TargetUser, options: ListOptions) => {
      const listed = list(target, options);
      const movieIds = listed.recommendations.map((one) => ids.movieOf(one.movie));
      return { list: listed, hasMore: hasMore(target, options, movieIds) };
    },
  };
}

/** Movies that are popular with everyone: the 5% with the most ratings, if their damped mean is in the upper half. */
function popularMovies(catalogue: Catalogue): () => ReadonlySet<number> {
  const [byRatings, byMean] = [moviesByPopularity(catalogue), moviesByDampedMean(catalogue)];
  return once(() => {
    const { rows } = byMean();
    const liked = new Set(rows.subarray(0, Math.ceil(rows.length / 2)));
    const most = byRatings().subarray(0, Math.ceil(POPULAR_SHARE * rows.length));
    return new Set(
      Array.from(
        most.filter((row) => liked.has(row)),
        (row) => catalogue.movies.ids[row] as number,
      ),
    );
  });
}

function listStrategy(strategy: Prediction['strategy']): ListStrategy {
  return strategy === 'personalised' || strategy === 'folded-in' ? strategy : 'popular';
}

/** Movies that a list leaves out because of what the user did with them. */
function knownOf(
  { rated, interactions }: Pick<TargetUser, 'rated' | 'interactions'>,
  { excludeRated }: Pick<ListOptions, 'excludeRated'>,
): ReadonlySet<number> {
  const { watched, hidden } = interactions;
  return new Set([...hidden, ...(excludeRated ? [...rated.map(({ movieId }) => movieId), ...watched] : [])]);
}
