/** Searching, one movie, those like it, and the best of all. */
import { expect, test } from 'vitest';
import { movieSimilarity } from '../../pipeline/model/movie-similarity.ts';
import type { Neighbours } from '../../pipeline/model/neighbours.ts';
import type { Movie } from '../../pipeline/ratings/movie.ts';
import { openServing } from '../../pipeline/serving/open-serving.ts';
import { servingOf } from '../support/serving.ts';
import { smallWorld, UNKNOWN_MOVIE, UNRATED_MOVIE, UNTITLED_MOVIE } from '../support/small-world.ts';
import { good, startApi } from './start-api.ts';

const world = await smallWorld();
const { movies, ratings } = world;
const serving = openServing(servingOf(world).files, 'model v3');
const { model } = serving;
const api = startApi({ serving });
const get = (address: string) => good(api.get(`/api/v1${address}`));

/** Half stars of everybody who rated a movie. */
const halvesOf = (movie: number): number[] =>
  [...ratings.halves].filter((_, at) => ratings.movieIds[at] === movie);
const starsOf = (movie: number): number => halvesOf(movie).reduce((sum, half) => sum + half / 2, 0);
interface Found {
  readonly movie: number;
  readonly title: string | null;
  readonly genres: readonly string[];
  readonly ratings: number;
}
const ids = (found: readonly Found[]): number[] => found.map(({ movie }) => movie);

test('a movie is told with its title, year, genres, and how its ratings stand', async () => {
  const { id, title, year, genres, links } = movies[0] as (typeof movies)[number];
  const count = halvesOf(id).length;
  const mean = Math.round((1e6 * starsOf(id)) / count) / 1e6;
  expect(await get(`/movies/${id}`)).toEqual({
    movie: id,
    title,
    displayTitle: title,
    alternativeTitles: [],
    year,
    genres,
    imdbId: links?.imdb == null ? null : `tt0${links.imdb}`,
    tmdbId: links?.tmdb ?? null,
    ratings: count,
    meanRating: mean,
  });
});

test('of a movie without title and of one without ratings nothing is invented', async () => {
  expect(await get(`/movies/${UNTITLED_MOVIE}`)).toMatchObject({ title: null, year: null, genres: [] });
  expect(await get(`/movies/${UNRATED_MOVIE}`)).toMatchObject({
    title: 'Unseen',
    ratings: 0,
    meanRating: null,
  });
});

test('a movie there is not is told with how to find one', async () => {
  for (const address of [`/movies/${UNKNOWN_MOVIE}`, `/movies/${UNKNOWN_MOVIE}/similar`]) {
    const response = await api.get(`/api/v1${address}`);
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({
      code: 'not-found',
      detail: `Movie ${UNKNOWN_MOVIE} is unknown. Search for a movie: /api/v1/movies?query=….`,
    });
  }
});

test('a movie is found by its ids of IMDb and TMDB', async () => {
  const { id, links } = movies.find(
    (movie) => movie.links?.imdb != null && movie.links.tmdb !== null,
  ) as Movie;
  const expected = await get(`/movies/${id}`);
  expect(expected).toMatchObject({ imdbId: `tt0${links?.imdb}`, tmdbId: links?.tmdb });
  for (const address of [
    `imdb/tt0${links?.imdb}`,
    `imdb/0${links?.imdb}`,
    `imdb/${links?.imdb}`,
    `tmdb/${links?.tmdb}`,
  ]) {
    expect(await get(`/movies/by/${address}`)).toEqual(expected);
  }
});

test('an id of another catalogue that nobody knows is told with what to do', async () => {
  const told = async (of: typeof api, address: string) => {
    const response = await of.get(`/api/v1/movies/by/${address}`);
    return [response.status, ((await response.json()) as { detail: string }).detail];
  };
  expect(await told(api, 'imdb/tt9999999')).toEqual([
    404,
    'No movie has the IMDb id tt9999999. Search for a movie by its title: /api/v1/movies?query=….',
  ]);
  expect(await told(api, 'tmdb/999999')).toEqual([
    404,
    'No movie has the TMDB id 999999. Search for a movie by its title: /api/v1/movies?query=….',
  ]);
  const unlinked = movies.map(({ links: _, ...movie }) => movie);
  const old = startApi({ serving: servingOf({ ...world, movies: unlinked }) });
  expect(await told(old, 'imdb/114709')).toEqual([
    404,
    'No movie of this service has an id of another catalogue, so IMDb id tt0114709 is unknown. Its operator adds them with a links.csv beside the ratings.',
  ]);
  expect(await good(old.get('/api/v1/movies/7'))).toMatchObject({ imdbId: null, tmdbId: null });
  expect(await told(api, 'imdb/nm0000158')).toEqual([422, 'id: must be an IMDb id, such as tt0114709.']);
  expect(await told(api, 'tmdb/0')).toEqual([422, 'id: must be a TMDB id, such as 862.']);
});

test('a title is found by what somebody types of it', async () => {
  const titled = (query: string) => get(`/movies?query=${encodeURIComponent(query)}&limit=1`);
  for (const query of ['unseen', 'UNSEEN', 'unsen', 'unse']) {
    expect((await titled(query)).movies[0].movie).toBe(UNRATED_MOVIE);
  }
  expect((await titled('amelie 2')).movies[0].title).toBe('Amélie 2');
});

test('what nothing is like finds nothing, which is no failure', async () => {
  expect(await get('/movies?query=zzzzqqqq')).toEqual({ movies: [], total: 0, next: null });
});

test('pages follow each other by cursor without a gap or a repeat, and the last says so', async () => {
  const all = await get('/movies?query=star&limit=100');
  expect(all).toMatchObject({ total: all.movies.length, next: null });
  expect(all.total).toBeGreaterThan(6);
  const found: Found[] = [];
  let cursor: string | null = '';
  while (cursor !== null) {
    const page = await get(`/movies?query=star&limit=3${cursor === '' ? '' : `&cursor=${cursor}`}`);
    expect(page.total).toBe(all.total);
    found.push(...page.movies);
    cursor = page.next;
  }
  expect(found).toEqual(all.movies);
  expect((await get(`/movies?query=star&limit=${all.total}`)).next).toBeNull();
});

test('without a query every movie is listed, the most rated first', async () => {
  const page = await get('/movies?limit=100');
  expect(page.total).toBe(movies.length);
  const counts = page.movies.map((movie: Found) => movie.ratings);
  expect(counts).toEqual(counts.toSorted((a: number, b: number) => b - a));
  expect(await get('/movies?query=%20&limit=100')).toEqual(page);
});

test('a search within a genre has only movies of it', async () => {
  const all = await get('/movies?query=star&limit=100');
  const dramas = all.movies.filter(({ genres }: Found) => genres.includes('Drama'));
  expect(dramas.length).toBeGreaterThan(0);
  expect(await get('/movies?query=star&limit=100&genre=drama')).toEqual({
    movies: dramas,
    total: dramas.length,
    next: null,
  });
});

test('a cursor of another bundle and one that is none are refused, each with the reason', async () => {
  const later = servingOf({ ...world, facts: { assembledAt: '2026-03-05T10:00:00.000Z' } });
  const { next } = await good(startApi({ serving: later }).get('/api/v1/movies?limit=2'));
  const refusal = async (cursor: string, status = 422) => {
    const response = await api.get(`/api/v1/movies?limit=2&cursor=${cursor}`);
    expect(response.status).toBe(status);
    return ((await response.json()) as { detail: string }).detail;
  };
  expect(await refusal(next, 404)).toContain('was issued before the newest deployment');
  expect(await refusal('2')).toContain('is not a cursor issued by this API');
  expect(await refusal('-1.x')).toContain('is not a cursor issued by this API');
});

test('similar movies are the neighbours in the bundle, the movie itself not among them', async () => {
  const expected = (serving.neighbours as Neighbours).of(33).slice(0, 5);
  const { movie, strategy, similar } = await get('/movies/33/similar?k=5');
  expect([movie, strategy, ids(similar)]).toEqual([33, 'ratings', expected.map((each) => each.movieId)]);
  for (const [at, { similarity }] of expected.entries()) {
    expect(similar[at].similarity).toBeCloseTo(similarity, 5);
  }
});

test('a long list goes on after the neighbours, and no movie is in it twice', async () => {
  const { similar } = await get('/movies/33/similar?k=100');
  const neighbours = (serving.neighbours as Neighbours).of(33);
  expect(similar.length).toBeGreaterThan(neighbours.length);
  expect(ids(similar.slice(0, neighbours.length))).toEqual(neighbours.map(({ movieId }) => movieId));
  expect(new Set(ids(similar)).size).toBe(similar.length);
  expect(ids(similar)).not.toContain(33);
  const similarities = similar.map(({ similarity }: { similarity: number }) => similarity);
  expect(similarities).toEqual(similarities.toSorted((a: number, b: number) => b - a));
});

test('movies similar to several are those with the highest mean similarity, none of the given among them', async () => {
  const { of } = serving.neighbours as Neighbours;
  const sums = new Map<number, number>();
  for (const given of [33, 7]) {
    for (const { movieId, similarity } of of(given)) {
      sums.set(movieId, (sums.get(movieId) ?? 0) + similarity / 2);
    }
  }
  const expected = [...sums]
    .filter(([id]) => id !== 33 && id !== 7)
    .sort(([a, x], [b, y]) => y - x || a - b)
    .slice(0, 6);
  const { strategy, similar } = await get('/similar?movies=33,7,33&k=6');
  expect([strategy, ids(similar)]).toEqual(['ratings', expected.map(([id]) => id)]);
  expect((await api.get(`/api/v1/similar?movies=33,${UNKNOWN_MOVIE}`)).status).toBe(404);
  expect((await api.get(`/api/v1/similar?movies=${Array(51).fill(33).join(',')}`)).status).toBe(422);
});

test('with a model that was published without neighbours, similar movies are those whose factors point the same way', async () => {
  const earlier = openServing(servingOf({ ...world, withNeighbours: false }).files, 'model v3');
  expect(earlier.neighbours).toBeNull();
  const similarity = movieSimilarity(model.movieVectors as NonNullable<typeof model.movieVectors>);
  const row = model.movies.rowOf(33);
  const expected = [...model.movies.ids]
    .filter((id) => id !== 33)
    .map((id) => ({ movie: id, cosine: similarity.cosineOf(row, model.movies.rowOf(id)) }))
    .sort((a, b) => b.cosine - a.cosine)
    .slice(0, 5);
  const { movie, strategy, similar } = await good(
    startApi({ serving: earlier }).get('/api/v1/movies/33/similar?k=5'),
  );
  expect([movie, strategy, ids(similar)]).toEqual([33, 'ratings', expected.map((each) => each.movie)]);
  for (const [at, { cosine }] of expected.entries()) expect(similar[at].similarity).toBeCloseTo(cosine, 5);
});

test('movies like one that nobody has rated are those that share genres and time', async () => {
  const { strategy, similar } = await get(`/movies/${UNRATED_MOVIE}/similar?k=100`);
  expect(strategy).toBe('genres');
  const own = ['Drama', 'Film-Noir'];
  // Jaccard's index of the genres, half of it for every 20 years between the movies.
  const expected = movies
    .filter(({ id }) => id !== UNRATED_MOVIE)
    .map(({ id, genres, year }) => {
      const common = genres.filter((genre) => own.includes(genre)).length;
      const years = year === null ? 20 : Math.abs(year - 1999);
      return { id, alike: (common / (2 + genres.length - common)) * 0.5 ** (years / 20) };
    })
    .filter(({ alike }) => alike > 0);
  expect(new Set(ids(similar))).toEqual(new Set(expected.map(({ id }) => id)));
  const alike = new Map(expected.map((each) => [each.id, each.alike]));
  for (const each of similar) expect(each.similarity).toBeCloseTo(alike.get(each.movie) as number, 5);
  const similarities = similar.map(({ similarity }: { similarity: number }) => similarity);
  expect(similarities).toEqual(similarities.toSorted((a: number, b: number) => b - a));
});

test('similar movies of a genre are of it', async () => {
  for (const id of [33, UNRATED_MOVIE]) {
    const { similar } = await get(`/movies/${id}/similar?k=100&genre=comedy`);
    expect(similar.every(({ genres }: Found) => genres.includes('Comedy'))).toBe(true);
    expect(id === 33 ? similar.length : 1).toBeGreaterThan(0);
  }
});

test('the best movies are those of the highest damped mean, of all or of a genre', async () => {
  const all = [...ratings.halves].reduce((sum, half) => sum + half / 2, 0) / ratings.length;
  const expected = movies
    .map(({ id, genres }) => ({ id, genres, count: halvesOf(id).length }))
    .filter(({ count }) => count > 0)
    .map(({ id, genres, count }) => ({ id, genres, mean: (starsOf(id) + 25 * all) / (count + 25) }))
    .sort((a, b) => b.mean - a.mean || a.id - b.id);
  const { movies: best } = await get('/top?k=100');
  expect(ids(best)).toEqual(expected.map(({ id }) => id));
  for (const [at, { mean }] of expected.entries()) expect(best[at].dampedMean).toBeCloseTo(mean, 6);
  expect(ids(best)).not.toContain(UNRATED_MOVIE);

  const comedies = expected.filter(({ genres }) => genres.includes('Comedy')).slice(0, 4);
  expect(ids((await get('/top?k=4&genre=COMEDY')).movies)).toEqual(comedies.map(({ id }) => id));
});
