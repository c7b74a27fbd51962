import { CineMatch } from '../../client/cinematch.mjs';
import { byId } from './elements.ts';
import type { StarsByMovie } from './shared-ratings.ts';

interface ListOptions {
  readonly k: number;
  readonly novelty: number;
  readonly diversity: number;
}

const { ids } = byId('try-app').dataset;
const service = new CineMatch();
const withKey = (key: string): CineMatch => (key === '' ? service : new CineMatch({ key }));

/** Ids are numbers, or texts where the service has such; the type of the client is that of numbers. */
const idOf = (id: string): number => (ids === 'text' ? (id as unknown as number) : Number(id));

const pairsOf = (ratings: StarsByMovie) =>
  Array.from(ratings, ([movie, stars]) => ({ movie: idOf(movie), stars }));

/** The requests of the part. @throws CineMatchError when one is refused; others when the service cannot be reached */
export const ask = {
  search: (query: string, limit: number, signal: AbortSignal) =>
    service.searchMovies({ query, limit }, { signal }),
  movie: (movie: string) => service.getMovie({ id: idOf(movie) }),
  ofGenre: (genre: string, limit: number) => service.searchMovies({ genre: [genre], limit }),
  top: (k: number) => service.listTopMovies({ k }),
  similar: (movie: string, k: number) => service.listSimilarMovies({ id: idOf(movie), k }),
  list: (ratings: StarsByMovie, options: ListOptions) =>
    service.recommendForRatings({ ratings: pairsOf(ratings), explain: true, ...options }),
  // Without a key an open service tells one short list of a user.
  userList: (user: string, options: ListOptions, key: string) =>
    withKey(key).recommendForUser({
      user: idOf(user),
      ...(key === '' ? { k: options.k } : { ...options, explain: true }),
    }),
  send: (user: string, ratings: StarsByMovie, key: string) =>
    withKey(key).submitRatings({
      ratings: pairsOf(ratings).map((rating) => ({ user: idOf(user), ...rating })),
    }),
};
