import fc from 'fast-check';
import { NEWCOMER, UNKNOWN_MOVIE, UNKNOWN_USER, UNRATED_MOVIE } from '../support/small-world.ts';
import {
  absent,
  headerText,
  type OddRequest,
  once,
  orOdd,
  parameter,
  query,
  reads,
  readsOf,
  upTo,
  writes,
} from './odd-parts.ts';

export const KEY = 'cm_of-a-test';

const user = fc.constantFrom(10, 13, 16, 100, 187, NEWCOMER, UNKNOWN_USER, 1, 2_147_483_647);
const knownMovie = fc.constantFrom(7, 9, 11, 13, 33, 77, 123, 165, UNRATED_MOVIE);
const movie = fc.oneof(
  { weight: 8, arbitrary: knownMovie },
  { weight: 1, arbitrary: fc.constantFrom(UNKNOWN_MOVIE, 1, 2_147_483_647) },
);
const stars = fc.integer({ min: 1, max: 10 }).map((half) => half / 2);
const genre = fc.constantFrom('Action', 'comedy', 'DRAMA', 'Film-Noir', 'sci-fi', 'action,Drama');
const match = fc.constantFrom('any', 'all');
const year = fc.constantFrom('1999', '1960-1989', '1990-', '-1960');
const movieList = fc.constantFrom('7', '7,9', '9,11,9', `7,${UNKNOWN_MOVIE}`, String(UNRATED_MOVIE));

const k = fc.oneof(fc.integer({ min: 1, max: 12 }), fc.constantFrom(99, 100, 101));
const flag = fc.boolean();
const filters = { genre: parameter(genre), genre_match: parameter(match), year: parameter(year) };
const oddCursor = fc.constantFrom('2.x', '0.', 'x', 'AQc.0123456789ab.x');
const cursor = fc.oneof({ weight: 12, arbitrary: absent }, { weight: 1, arbitrary: once(oddCursor) });
const listed = {
  k: parameter(k),
  ...filters,
  exclude: parameter(movieList),
  cursor,
  diversity: parameter(fc.constantFrom('0', '0.3', '1', '1.0', '0.25')),
  novelty: parameter(fc.constantFrom('0', '0.5', '1')),
  calibrated: parameter(flag),
  min_rating: parameter(fc.constantFrom('0', '3.5', '5')),
  sort: parameter(fc.constantFrom('score', 'rating')),
  explain: parameter(flag),
};
const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
const limitsInBody = {
  k: optional(k),
  genre: optional(fc.oneof(genre, fc.constant(['comedy', 'drama']))),
  genreMatch: optional(match),
  year: optional(fc.oneof(year, fc.constant(1999))),
  exclude: optional(upTo(1000, movie)),
};
const minRating = optional(fc.constantFrom(0, 3.5, 5));
const inBody = {
  ...limitsInBody,
  diversity: optional(fc.constantFrom(0, 0.3, 1)),
  novelty: optional(fc.constantFrom(0, 0.5, 1)),
  calibrated: optional(flag),
  minRating,
  sort: optional(fc.constantFrom('score', 'rating')),
  explain: optional(flag),
};
const ratedAt = fc.constantFrom(
  ...[
    '2026-03-01T10:00:00Z',
    '2025-12-31T23:59:59.999+14:00',
    '1970-01-01T00:00:00Z',
    '2026-02-28T10:00:00.123456Z',
  ],
);

const authorization = fc.oneof(
  { weight: 30, arbitrary: fc.constantFrom(`Bearer ${KEY}`, `bearer  ${KEY}`) },
  { weight: 1, arbitrary: fc.constantFrom(undefined, KEY, 'Bearer', 'Bearer cm_other', 'Basic YTpi') },
  { weight: 1, arbitrary: headerText },
);
const writing = {
  authorization,
  'idempotency-key': fc.oneof(
    { weight: 30, arbitrary: fc.uuid() },
    { weight: 2, arbitrary: fc.constantFrom('again', 'x'.repeat(255)) },
    { weight: 1, arbitrary: fc.constantFrom(undefined, '', 'a b', 'x'.repeat(256)) },
    { weight: 1, arbitrary: headerText },
  ),
};
/** In a path. Without one, or with dots, the address is that of another route. */
const namedUser = orOdd(user.map(String)).filter((id) => !/^\.{0,2}$/.test(id));
const about = { user, movie: knownMovie, at: ratedAt };
const mark = fc.constantFrom('watched', 'wanted', 'hidden');
const event = fc.oneof(
  fc.record(
    { ...about, kind: fc.constant('rated'), stars },
    { requiredKeys: ['user', 'movie', 'kind', 'stars'] },
  ),
  fc.record({ ...about, kind: mark }, { requiredKeys: ['user', 'movie', 'kind'] }),
  fc.record(
    { ...about, kind: fc.constant('shown'), count: fc.constantFrom(1, 3, 1000) },
    { requiredKeys: ['user', 'movie', 'kind'] },
  ),
);

/** For each route, by its name, what it is asked. The path is one of its addresses. */
export const ODD_REQUESTS: Readonly<Record<string, (path: string) => fc.Arbitrary<OddRequest>>> = {
  'get /health/live': reads(query({})),
  'get /health/ready': reads(query({})),
  'get /recommendations': reads(
    query({
      user: parameter(user, { required: true }),
      ...listed,
      exclude_seen: parameter(flag),
      remember: parameter(flag),
    }),
    { authorization },
  ),
  'post /recommendations/users': writes(
    fc.record(
      { users: upTo(100, user), ...inBody, excludeSeen: optional(flag) },
      { requiredKeys: ['users'] },
    ),
    { authorization },
  ),
  'post /recommendations/group': writes(
    fc.record(
      {
        users: upTo(20, user),
        ...limitsInBody,
        minRating,
        method: fc.constantFrom('average', 'least-misery'),
      },
      { requiredKeys: ['users'] },
    ),
    { authorization },
  ),
  'post /recommendations': writes(
    fc.record(
      {
        ratings: upTo(500, fc.record({ movie, stars })),
        ...inBody,
        cursor: fc.oneof(
          { weight: 30, arbitrary: fc.constant(undefined) },
          { weight: 1, arbitrary: oddCursor },
        ),
      },
      { requiredKeys: ['ratings'] },
    ),
  ),
  'get /predictions': reads(
    query({ user: parameter(user, { required: true }), movie: parameter(movie, { required: true }) }),
    { authorization },
  ),
  'post /predictions': writes(fc.record({ pairs: upTo(1000, fc.record({ user, movie })) }), {
    authorization,
  }),
  'get /movies': reads(
    query({
      query: parameter(
        fc.constantFrom('matrx', 'star wars', 'amelie', 'godfather 1952', 'unseen', 'a', '1999'),
      ),
      ...filters,
      limit: parameter(k),
      cursor,
    }),
  ),
  'get /movies/{id}': readsOf(orOdd(movie.map(String)), query({})),
  'get /movies/by/imdb/{id}': readsOf(orOdd(fc.constantFrom('tt0100013', '100011', 'tt9999999')), query({})),
  'get /movies/by/tmdb/{id}': readsOf(orOdd(fc.constantFrom('811', '813', '999999')), query({})),
  'get /movies/{id}/similar': readsOf(
    orOdd(movie.map(String)),
    query({ k: parameter(k), ...filters, exclude: parameter(movieList) }),
  ),
  'get /similar': reads(
    query({
      movies: parameter(movieList, { required: true }),
      k: parameter(k),
      ...filters,
      exclude: parameter(movieList),
    }),
  ),
  'get /top': reads(query({ ...filters, k: parameter(k) })),
  'get /genres': reads(query({})),
  'post /ratings': writes(
    fc.record({
      ratings: upTo(
        1000,
        fc.record({ user, movie: knownMovie, stars, ratedAt }, { requiredKeys: ['user', 'movie', 'stars'] }),
      ),
    }),
    writing,
  ),
  'post /feedback': writes(fc.record({ events: upTo(1000, event) }), writing),
  'delete /feedback': reads(
    query({
      user: parameter(user, { required: true }),
      movie: parameter(movie, { required: true }),
      kind: parameter(fc.constantFrom('rated', 'watched', 'wanted', 'hidden', 'shown')),
    }),
    { authorization },
  ),
  'get /users/{id}/data': readsOf(namedUser, query({}), { authorization }),
  'delete /users/{id}': readsOf(namedUser, query({}), { authorization }),
  'get /model': reads(query({})),
  'get /model/golden': reads(query({})),
  'get /status': reads(query({})),
  'get /badge/{name}': readsOf(orOdd(fc.constantFrom('model', 'rmse', 'drift', 'ingest')), query({})),
};
