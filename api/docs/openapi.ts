import type { Routes } from '../api.ts';
import { GENRE_NAME } from '../schemas.ts';
import { addLinks } from './links.ts';

export type ApiDescription = ReturnType<typeof describeApi>;

/**
 * The OpenAPI 3.1 document of all routes.
 *
 * @param genres of the served catalogue: no list takes another one.
 */
export function describeApi(app: Routes, genres: readonly string[]) {
  const document = app.getOpenAPI31Document({
    openapi: '3.1.0',
    info: {
      title: 'CineMatch',
      version: '1',
      description:
        'Movie recommendations. Every response has `X-Model-Version` and `X-Request-Id`. Failures are `application/problem+json`. Cacheable responses have an `ETag`: send it as `If-None-Match` to get 304 when nothing changed.',
      license: { name: 'MIT', url: 'https://opensource.org/license/mit' },
    },
    servers: [{ url: '/', description: 'This service.' }],
    // Where a route states nothing else, it needs no key.
    security: [],
    tags: [
      { name: 'Recommendations', description: 'What to watch next.' },
      { name: 'Predictions', description: 'How many stars a user would give a movie.' },
      { name: 'Movies', description: 'Search, details, similar movies, best movies.' },
      { name: 'Feedback', description: 'Send what your users rate, watch, want and hide.' },
      { name: 'Users', description: 'What is kept of a user: show it, erase it.' },
      { name: 'Service', description: 'Health, model and status of the pipeline.' },
    ],
  });
  const genre = document.components?.schemas?.[GENRE_NAME];
  if (genre !== undefined && genres.length > 0) {
    Object.assign(genre, { enum: [...genres] });
  }
  addLinks(document);
  return document;
}
