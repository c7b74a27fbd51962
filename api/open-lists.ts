import type { Context } from 'hono';
import { LRUCache } from 'lru-cache';
import { DEFAULT_NOVELTY } from '../pipeline/model/novelty.ts';
import type { Api, RequestState } from './api.ts';
import { unauthorised } from './keys.ts';
import type { ListOptions, ResponseBodies } from './response-bodies.ts';

/** Movies that are named of a user without a key, whatever is asked. */
export const OPEN_MOVIES = 20;
/** Users whose lists are remembered. */
const MOST_USERS = 1_000;

/** What a request without a key may say of a user's list: which of these movies it wants, never how they are chosen. */
const OPEN_PARAMETERS: ReadonlySet<string> = new Set([
  'user',
  'users',
  'k',
  'genre',
  'genre_match',
  'genreMatch',
  'year',
  'min_rating',
  'minRating',
  'exclude',
  'cursor',
]);

/** Refuses a request without a key that has other parameters or fields. @throws ApiProblem */
export function requireOpen(c: Context<RequestState>, given: readonly string[]): void {
  if (c.get('key') !== undefined) return;
  const closed = given.find((name) => !OPEN_PARAMETERS.has(name));
  if (closed === undefined) return;
  throw unauthorised(
    `\`${closed}\` needs an API key with the scope read. Without a key a user’s list has up to ${OPEN_MOVIES} movies, and only genre, year, min_rating and exclude choose among them`,
  );
}

type Whole = ReturnType<ResponseBodies['list']>;
type Narrowed = Pick<ListOptions, 'k' | 'passes' | 'minRating' | 'exclude'>;

/**
 * The lists of users for requests without a key: the first movies of the default list by what the bundle says, always the
 * same ones in one order. Whoever asks for parts of it learns no more than the whole, and nothing that was sent since the
 * deployment.
 */
export function openLists({
  bodies,
  users,
  ids,
  serving,
}: Pick<Api, 'bodies' | 'users' | 'ids' | 'serving'>) {
  const wholes = new LRUCache<number, Whole>({ max: MOST_USERS });
  const wholeOf = (userId: number): Whole => {
    const known = wholes.get(userId);
    if (known !== undefined && !users.isErased(userId)) return known;
    const target = users.ofBundle(userId);
    if (target.problem !== null) throw target.problem;
    const whole = bodies.list(target, {
      k: OPEN_MOVIES,
      passes: null,
      diversity: 0,
      novelty: DEFAULT_NOVELTY,
      calibrated: false,
      sort: 'score',
      explain: false,
      excludeRated: true,
    });
    if (!users.isErased(userId)) wholes.set(userId, whole);
    return whole;
  };

  /** @param userId of the model; −1 for an unknown one. @returns the list, and whether movies follow it. */
  return (userId: number, { k, passes, minRating = 0, exclude = [] }: Narrowed) => {
    const { strategy, recommendations } = wholeOf(userId);
    const hidden = new Set(exclude);
    const left = recommendations.filter(({ movie, rating }) => {
      const movieId = ids.movieOf(movie);
      if (hidden.has(movieId) || rating < minRating) return false;
      return passes === null || passes(serving.catalogue.movies.rowOf(movieId));
    });
    return {
      list: { strategy, excluded: null, recommendations: left.slice(0, k) },
      hasMore: left.length > k,
    };
  };
}
