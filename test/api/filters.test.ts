/** Which movies a list has: genres, years, movies to leave out. */
import { expect, test } from 'vitest';
import { servingOf } from '../support/serving.ts';
import { smallWorld } from '../support/small-world.ts';
import { good, startApi } from './start-api.ts';

const world = await smallWorld();
const api = startApi({ isKeyed: true, serving: servingOf(world) });
const get = (address: string) => good(api.get(`/api/v1${address}`));

interface Listed {
  readonly movie: number;
  readonly genres: readonly string[];
  readonly year: number | null;
}
const LISTS = [
  '/recommendations?user=10&k=100',
  '/movies?limit=100',
  '/movies/7/similar?k=100',
  '/similar?movies=7,9&k=100',
  '/top?k=100',
];

async function listed(address: string): Promise<readonly Listed[]> {
  const { recommendations, movies, similar } = await get(address);
  return recommendations ?? movies ?? similar;
}

const FILTERS: readonly [query: string, isAllowed: (movie: Listed) => boolean][] = [
  ['year=1999', ({ year }) => year === 1999],
  ['year=1960-1979', ({ year }) => year !== null && year >= 1960 && year <= 1979],
  ['year=1979-1960', ({ year }) => year !== null && year >= 1960 && year <= 1979],
  ['year=1990-', ({ year }) => year !== null && year >= 1990],
  ['year=-1975', ({ year }) => year !== null && year <= 1975],
  ['genre=comedy', ({ genres }) => genres.includes('Comedy')],
  ['genre=Comedy,drama', ({ genres }) => genres.includes('Comedy') || genres.includes('Drama')],
  ['genre=Comedy&genre=drama', ({ genres }) => genres.includes('Comedy') || genres.includes('Drama')],
  [
    'genre=Comedy,Drama&genre_match=all',
    ({ genres }) => genres.includes('Comedy') && genres.includes('Drama'),
  ],
  [
    'genre=action&year=1970-1999',
    ({ genres, year }) => genres.includes('Action') && year !== null && year >= 1970 && year <= 1999,
  ],
];

test.each(FILTERS)('%s leaves exactly the movies that pass, in every list', async (query, isAllowed) => {
  for (const list of LISTS) {
    const all = await listed(list);
    const filtered = await listed(`${list}&${query}`);
    expect(filtered.every(isAllowed), list).toBe(true);
    const expected = all.filter(isAllowed).map(({ movie }) => movie);
    expect(new Set(filtered.map(({ movie }) => movie)), list).toEqual(
      new Set([...expected, ...(list.includes('imilar') ? filtered.map(({ movie }) => movie) : [])]),
    );
    // A filter must leave something, and leave something out.
    if (list.startsWith('/movies?')) {
      expect(filtered.length).toBeGreaterThan(0);
      expect(filtered.length).toBeLessThan(all.length);
    }
  }
});

test('a body has the same filters, with a list of genres and a year as a number', async () => {
  const ask = (filter: object) =>
    good(api.post('/api/v1/recommendations', { ratings: [{ movie: 7, stars: 5 }], k: 100, ...filter }));
  const all: readonly Listed[] = (await ask({})).recommendations;
  const both = await ask({ genre: ['Comedy', 'Drama'], genreMatch: 'all', year: '1960-' });
  expect(both.recommendations.length).toBeGreaterThan(0);
  expect(new Set(both.recommendations.map(({ movie }: Listed) => movie))).toEqual(
    new Set(
      all
        .filter(
          ({ genres, year }) => genres.includes('Comedy') && genres.includes('Drama') && (year ?? 0) >= 1960,
        )
        .map(({ movie }) => movie),
    ),
  );
  const { year } = all[0] as Listed;
  expect((await ask({ year })).recommendations.map((movie: Listed) => movie.year)).toEqual([year]);
});

test.each(['199', '199x', '-', '1990-2000-', 'nineties', '1990,1991', ''])(
  'year=%s is refused with what a year is',
  async (year) => {
    const response = await api.get(`/api/v1/top?year=${year}`);
    expect(response.status).toBe(422);
    expect(((await response.json()) as { detail: string }).detail).toMatch(
      /^year: must be a year or a range/,
    );
  },
);

test('movies to leave out are in no list', async () => {
  for (const list of LISTS.filter((each) => !/^.(top|movies\?)/.test(each))) {
    const ids = (await listed(list)).map(({ movie }) => movie);
    const exclude = ids.slice(0, 5);
    const rest = (await listed(`${list}&exclude=${exclude.join(',')}`)).map(({ movie }) => movie);
    expect(rest.filter((movie) => exclude.includes(movie))).toEqual([]);
    expect(rest.length).toBeGreaterThan(0);
  }
  const tooMany = Array.from({ length: 1001 }, (_, at) => at + 1).join(',');
  const response = await api.get(`/api/v1/recommendations?user=10&exclude=${tooMany}`);
  expect(await response.json()).toMatchObject({
    status: 422,
    detail: 'exclude: must be at most 1,000 movies.',
  });
});

test('the genres are told with their movies and the ratings of these', async () => {
  const { genres } = await get('/genres');
  const ratingsOf = (id: number): number => world.ratings.movieIds.filter((movie) => movie === id).length;
  expect(genres).toEqual(
    ['Action', 'Comedy', 'Drama', 'Film-Noir', 'Sci-Fi'].map((name) => {
      const of = world.movies.filter((movie) => movie.genres.includes(name));
      return { name, movies: of.length, ratings: of.reduce((sum, { id }) => sum + ratingsOf(id), 0) };
    }),
  );
});
