import { byId } from './elements.ts';
import type { StarsByMovie } from './shared-ratings.ts';

interface Movie {
  readonly movie: number | string;
  readonly title: string | null;
  readonly displayTitle: string | null;
  readonly year: number | null;
  readonly genres: readonly string[];
  readonly imdbId?: string | null;
  readonly tmdbId?: number | null;
}

/** A movie of a list. What only some lists have is optional. */
export interface ListedMovie extends Movie {
  readonly rating?: number;
  readonly interval?: readonly [number, number] | null;
  readonly ratings?: number;
  readonly meanRating?: number | null;
  readonly reason?: 'ratings' | 'series' | 'genre' | 'popular' | null;
  readonly because?: readonly (Pick<Movie, 'movie' | 'title'> & { readonly stars: number })[];
  readonly likedGenre?: string | null;
}

export interface SimilarMovie extends Movie {
  readonly similarity: number;
}

interface Listed {
  readonly recommendations: readonly ListedMovie[];
}

interface ListOptions {
  readonly k: number;
  readonly novelty: number;
  readonly diversity: number;
}

/** What the service says of a request that it refuses. */
export class ServiceProblem extends Error {}

const app = byId('try-app');
const BASE = app.dataset['api'] ?? '';
/** Ids of the service are numbers, or texts. */
const idOf = (id: string): number | string => (app.dataset['ids'] === 'text' ? id : Number(id));

type Parameters = Readonly<Record<string, string | number | boolean>>;

async function call<T>(path: string, parameters: Parameters, init: RequestInit = {}): Promise<T> {
  const query = new URLSearchParams(
    Object.entries(parameters).map(([name, value]): [string, string] => [name, String(value)]),
  ).toString();
  const response = await fetch(`${BASE}${path}${query === '' ? '' : `?${query}`}`, init);
  const body: unknown = await response.json().catch(() => ({}));
  if (!response.ok) {
    const { detail, title } = body as { readonly detail?: string; readonly title?: string };
    throw new ServiceProblem(detail ?? title ?? String(response.status));
  }
  return body as T;
}

const authorised = (key: string): Record<string, string> =>
  key === '' ? {} : { authorization: `Bearer ${key}` };

function post<T>(path: string, body: unknown, headers: Readonly<Record<string, string>> = {}): Promise<T> {
  return call<T>(
    path,
    {},
    {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    },
  );
}

const pairsOf = (ratings: StarsByMovie) =>
  Array.from(ratings, ([movie, stars]) => ({ movie: idOf(movie), stars }));

/** The requests of the part. @throws ServiceProblem when one is refused; TypeError when the service cannot be reached */
export const ask = {
  search: (
    query: string,
    limit: number,
    signal: AbortSignal,
  ): Promise<{ readonly movies: readonly ListedMovie[] }> => call('/movies', { query, limit }, { signal }),
  movie: (movie: string): Promise<Movie> => call(`/movies/${encodeURIComponent(movie)}`, {}),
  ofGenre: (genre: string, limit: number): Promise<{ readonly movies: readonly ListedMovie[] }> =>
    call('/movies', { genre, limit }),
  top: (k: number): Promise<{ readonly movies: readonly ListedMovie[] }> => call('/top', { k }),
  similar: (movie: string, k: number): Promise<{ readonly similar: readonly SimilarMovie[] }> =>
    call(`/movies/${encodeURIComponent(movie)}/similar`, { k }),
  list: (ratings: StarsByMovie, options: ListOptions): Promise<Listed> =>
    post('/recommendations', { ratings: pairsOf(ratings), explain: true, ...options }),
  userList: (user: string, options: ListOptions, key: string): Promise<Listed> =>
    // Without a key an open service tells one short list of a user.
    key === ''
      ? call('/recommendations', { user, k: options.k })
      : call('/recommendations', { user, ...options, explain: true }, { headers: authorised(key) }),
  send: (user: string, ratings: StarsByMovie, key: string): Promise<{ readonly recorded: number }> =>
    post(
      '/ratings',
      { ratings: pairsOf(ratings).map((rating) => ({ user: idOf(user), ...rating })) },
      { ...authorised(key), 'idempotency-key': crypto.randomUUID() },
    ),
};
