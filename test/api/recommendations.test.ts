/** Which movies a list has, for whom, and why. */
import { expect, test } from 'vitest';
import { attributesOf, miscalibration, mixOf } from '../../pipeline/model/calibrated-list.ts';
import type { GivenRating } from '../../pipeline/model/model.ts';
import { movieSimilarity } from '../../pipeline/model/movie-similarity.ts';
import { likedRatings } from '../../pipeline/model/reasons.ts';
import { openServing } from '../../pipeline/serving/open-serving.ts';
import { servingOf } from '../support/serving.ts';
import { NEWCOMER, smallWorld, UNKNOWN_MOVIE, UNKNOWN_USER, UNRATED_MOVIE } from '../support/small-world.ts';
import { memoryDatabase } from './memory-database.ts';
import { good, startApi } from './start-api.ts';

const world = await smallWorld();
const serving = openServing(servingOf(world).files, 'model v3');
const { model, catalogue } = serving;
const api = startApi({ isKeyed: true, serving });
const LIST = '/api/v1/recommendations';

interface Listed {
  readonly movie: number;
  readonly rating: number;
  readonly genres: readonly string[];
  readonly reason?: string | null;
  readonly because?: readonly {
    readonly movie: number;
    readonly title: string | null;
    readonly stars: number;
  }[];
}
/** Ranked by the model alone, unless the query says otherwise. */
const list = (query: string) => good(api.get(`${LIST}?${query}${/novelty/.test(query) ? '' : '&novelty=0'}`));
const listFor = (body: object) => good(api.post(LIST, { novelty: 0, ...body }));
const idsIn = ({ recommendations }: { readonly recommendations: readonly Listed[] }): number[] =>
  recommendations.map(({ movie }) => movie);
const ratedBy = (userId: number): readonly GivenRating[] => serving.seen?.ratingsOf(userId) ?? [];
const known = 10;

/** All movies of the model in the order of their scores, but for some. */
function ranked(score: (scores: Float32Array) => unknown, without: readonly number[]): number[] {
  const scores = new Float32Array(model.movies.size);
  score(scores);
  return Array.from(model.movies.ids, (id, row) => ({ id, score: scores[row] as number }))
    .filter(({ id }) => !without.includes(id))
    .sort((a, b) => b.score - a.score || a.id - b.id)
    .map(({ id }) => id);
}

test('no user is shown a movie that they have rated, and all others come in the order of their scores', async () => {
  for (const user of serving.seen?.users.ids ?? []) {
    const rated = ratedBy(user).map(({ movieId }) => movieId);
    const body = await list(`user=${user}&k=100`);
    expect(idsIn(body).filter((movie) => rated.includes(movie))).toEqual([]);
    expect(body.excluded).toBe(rated.length);
    const person = user === NEWCOMER ? model.foldIn(ratedBy(user)) : model.person(user);
    expect(idsIn(body)).toEqual(ranked((scores) => person.scoreMovies(scores), rated));
  }
});

test('rated movies are shown to whoever asks for them', async () => {
  const body = await list(`user=${known}&k=100&exclude_seen=false`);
  expect(idsIn(body)).toEqual(ranked((scores) => model.scoreMovies(known, scores), []));
  expect(body.excluded).toBe(0);
});

test('a list of a genre has the best movies of that genre, whatever the case it is written in', async () => {
  const rated = ratedBy(known).map(({ movieId }) => movieId);
  const expected = ranked((scores) => model.scoreMovies(known, scores), rated).filter((id) =>
    catalogue.genresOf(catalogue.movies.rowOf(id)).includes('Film-Noir'),
  );
  const body = await list(`user=${known}&k=5&genre=film-NOIR`);
  expect(idsIn(body)).toEqual(expected.slice(0, 5));
  expect(body.recommendations.every(({ genres }: Listed) => genres.includes('Film-Noir'))).toBe(true);
});

test('diversity leaves the best movie in its place and makes the others less alike', async () => {
  const similarity = movieSimilarity(model.movieVectors as NonNullable<typeof model.movieVectors>);
  const alike = (ids: readonly number[]): number => {
    const rows = ids.map((id) => model.movies.rowOf(id));
    const pairs = rows.flatMap((a, at) => rows.slice(at + 1).map((b) => similarity.cosineOf(a, b)));
    return pairs.reduce((sum, cosine) => sum + cosine, 0) / pairs.length;
  };
  const plain = idsIn(await list(`user=${known}&k=8&diversity=0`));
  const diverse = idsIn(await list(`user=${known}&k=8&diversity=0.7`));
  expect(diverse[0]).toBe(plain[0]);
  expect(diverse).not.toEqual(plain);
  expect(alike(diverse)).toBeLessThan(alike(plain));
});

test('novelty adds what is similar to the liked movies, also without being asked for', async () => {
  const plain = await good(api.get(`${LIST}?user=${known}&k=20`));
  expect(plain).toEqual(await list(`user=${known}&k=20&novelty=0.25`));
  const [model, novel] = [
    await list(`user=${known}&k=20&novelty=0`),
    await list(`user=${known}&k=20&novelty=1`),
  ];
  expect(idsIn(plain)).not.toEqual(idsIn(model));
  expect(idsIn(novel)).not.toEqual(idsIn(plain));
  const rated = ratedBy(known).map(({ movieId }) => movieId);
  expect(idsIn(novel).filter((movie) => rated.includes(movie))).toEqual([]);
  expect(new Set(idsIn(novel)).size).toBe(20);
  // Nothing is similar to no ratings.
  const [withNovelty, without] = [
    await list(`user=${UNKNOWN_USER}&novelty=1`),
    await list(`user=${UNKNOWN_USER}&novelty=0`),
  ];
  expect(withNovelty.recommendations).toEqual(without.recommendations);
});

test('of a least predicted rating all movies have it, and by rating the best predicted is the first', async () => {
  const ratingsIn = (body: Awaited<ReturnType<typeof list>>) =>
    body.recommendations.map(({ rating }: { rating: number }) => rating);
  const all = ratingsIn(await list(`user=${known}&k=100`));
  const least = (all.toSorted((a: number, b: number) => a - b)[30] as number).toFixed(3);
  const high = ratingsIn(await list(`user=${known}&k=100&min_rating=${least}&sort=rating`));
  expect(high).toEqual(
    all.filter((rating: number) => rating >= Number(least)).sort((a: number, b: number) => b - a),
  );
  expect(high.length).toBeLessThan(all.length);
});

test('a calibrated list is nearer to the mix of genres and decades that the user liked', async () => {
  const attributes = (id: number) => {
    const row = catalogue.movies.rowOf(id);
    return attributesOf(catalogue.genresOf(row), catalogue.yearOf(row));
  };
  const wanted = mixOf(likedRatings(ratedBy(known)).map(({ movieId }) => attributes(movieId)));
  const apart = async (query: string) =>
    miscalibration(wanted, mixOf(idsIn(await list(`user=${known}&k=8${query}`)).map(attributes)), 1);
  expect(await apart('&calibrated=true')).toBeLessThan(await apart(''));
});

test('reasons are ratings of the user themselves, two at most, with their titles', async () => {
  const rated = ratedBy(known).map(({ movieId }) => movieId);
  const { recommendations } = await list(`user=${known}&k=20&explain=true`);
  const reasons = recommendations.flatMap(({ because }: Listed) => because ?? []);
  expect(reasons.length).toBeGreaterThan(10);
  for (const { because } of recommendations) expect(because.length).toBeLessThanOrEqual(2);
  const mean = ratedBy(known).reduce((sum, { stars }) => sum + stars, 0) / rated.length;
  for (const { movie, title, stars } of reasons) {
    expect(rated).toContain(movie);
    expect(ratedBy(known).find(({ movieId }) => movieId === movie)?.stars).toBe(stars);
    expect(stars).toBeGreaterThanOrEqual(Math.max(3, mean));
    expect(title).toBe(catalogue.titleOf(catalogue.movies.rowOf(movie)) || null);
  }
  expect((await list(`user=${known}&k=1`)).recommendations[0]).not.toHaveProperty('because');
});

test('the strategy says whether the model, ratings since its training or what most people like made the list', async () => {
  const strategyOf = async (user: number) => (await list(`user=${user}`)).strategy;
  expect(await strategyOf(known)).toBe('personalised');
  expect(model.users.rowOf(NEWCOMER)).toBe(-1);
  expect(await strategyOf(NEWCOMER)).toBe('folded-in');
  expect(await strategyOf(UNKNOWN_USER)).toBe('popular');
  expect(idsIn(await list(`user=${UNKNOWN_USER}&k=100`))).toEqual(
    ranked((scores) => model.scoreMovies(UNKNOWN_USER, scores), []),
  );
});

test('somebody new is told what folding their ratings in says, and nothing is kept of it', async () => {
  const ratings = [
    { movie: 7, stars: 5 },
    { movie: 33, stars: 1.5 },
    { movie: 77, stars: 4 },
  ];
  const person = model.foldIn(ratings.map(({ movie, stars }) => ({ movieId: movie, stars })));
  const body = await listFor({ ratings, k: 100 });
  expect(body).toMatchObject({ user: null, strategy: 'folded-in', modelVersion: 3, excluded: 3 });
  expect(idsIn(body)).toEqual(ranked((scores) => person.scoreMovies(scores), [7, 33, 77]));
  for (const { movie, rating } of body.recommendations) {
    expect(rating).toBeCloseTo(person.predict(movie).rating, 6);
  }
  expect(await listFor({ ratings, k: 100 })).toEqual(body);
});

test('of several ratings of one movie the last counts, and it is one movie that is left out', async () => {
  const other = { movie: 33, stars: 3 };
  const repeated = [{ movie: 7, stars: 1 }, other, { movie: 7, stars: 5 }];
  const body = await listFor({ ratings: repeated, k: 100, explain: true });
  expect(body.excluded).toBe(2);
  const once = await listFor({ ratings: [other, { movie: 7, stars: 5 }], k: 100, explain: true });
  const near = (of: typeof body) =>
    of.recommendations.map(({ rating, ...rest }: Listed) => ({
      ...rest,
      rating: rating.toFixed(4),
      interval: 0,
    }));
  expect(near(body)).toEqual(near(once));
});

test('reasons for somebody new are among the ratings they told', async () => {
  const ratings = [7, 11, 33, 77, 123].map((movie, at) => ({ movie, stars: 1 + at }));
  const { recommendations } = await listFor({ ratings, explain: true });
  const reasons = recommendations.flatMap(({ because }: Listed) => because ?? []);
  expect(reasons.length).toBeGreaterThan(0);
  for (const { movie } of reasons) expect(ratings.map((rating) => rating.movie)).toContain(movie);
});

test('who disliked everything is told another reason or none, and never a disliked movie', async () => {
  const ratings = [7, 11, 33, 77, 123].map((movie) => ({ movie, stars: 1 }));
  const { recommendations } = await listFor({ ratings, explain: true, k: 50 });
  for (const { because } of recommendations) expect(because).toEqual([]);
  const kinds = new Set(recommendations.map(({ reason }: Listed) => reason));
  expect([...kinds].filter((kind) => kind !== 'popular' && kind !== null)).toEqual([]);
  expect(kinds).toContain('popular');
});

test('further movies are left out of a list on demand, and do not count as rated', async () => {
  const ratings = [{ movie: 7, stars: 5 }];
  const [first, second] = idsIn(await listFor({ ratings }));
  const body = await listFor({ ratings, exclude: [first, UNKNOWN_MOVIE] });
  expect([idsIn(body)[0], body.excluded]).toEqual([second, 1]);
});

test('somebody whose ratings are of movies nobody knows gets what most people like', async () => {
  const body = await listFor({ ratings: [{ movie: UNKNOWN_MOVIE, stars: 5 }], explain: true });
  expect(body.strategy).toBe('popular');
  expect(body.recommendations[0].because).toEqual([]);
});

test('a movie nobody has rated is in no list, and no list is longer than there are movies', async () => {
  const ids = idsIn(await list(`user=${UNKNOWN_USER}&k=100&exclude_seen=false`));
  expect(ids).toHaveLength(model.movies.size);
  expect(ids).not.toContain(UNRATED_MOVIE);
});

test('what a user tells the service leaves their list, and makes one for a user who is new', async () => {
  const database = memoryDatabase();
  database.addKey('cm_x');
  const told = startApi({ isKeyed: true, serving, database });
  const ask = (user: number) => good(told.get(`${LIST}?user=${user}&k=3&novelty=0`));
  const give = (user: number, movie: number, key: string) =>
    good(
      told.post(
        '/api/v1/ratings',
        { ratings: [{ user, movie, stars: 5 }] },
        { authorization: 'Bearer cm_x', 'idempotency-key': key },
      ),
    );
  const before = await ask(known);
  const first = idsIn(before)[0] as number;
  await give(known, first, 'one');
  const after = await ask(known);
  expect(after.strategy).toBe('folded-in');
  expect(after.excluded).toBe(before.excluded + 1);
  const person = model.foldIn([...ratedBy(known), { movieId: first, stars: 5 }]);
  const rated = [...ratedBy(known).map(({ movieId }) => movieId), first];
  expect(idsIn(after)).toEqual(ranked((scores) => person.scoreMovies(scores), rated).slice(0, 3));

  await give(UNKNOWN_USER, 7, 'two');
  expect(await ask(UNKNOWN_USER)).toMatchObject({ strategy: 'folded-in', excluded: 1 });
});

test('where the database keeps what everybody rated, lists are made of what it says', async () => {
  const apart = servingOf({ ...world, facts: { seen: 'database' } });
  const asked = startApi({ isKeyed: true, serving: apart, database: memoryDatabase({ ratings: ratedBy }) });
  for (const user of [known, NEWCOMER, UNKNOWN_USER]) {
    const query = `user=${user}&k=100&explain=true&novelty=0.25`;
    expect(await good(asked.get(`${LIST}?${query}`))).toEqual(await list(query));
  }
});

test('where the database that keeps them is down, no list is made that might show a rated movie', async () => {
  const apart = servingOf({ ...world, facts: { seen: 'database' } });
  const database = memoryDatabase({ ratings: ratedBy });
  for (const of of [database, null]) {
    const down = startApi({ serving: apart, database: of, isKeyed: of !== null });
    expect((await down.get('/api/v1/predictions?user=1&movie=7')).status).toBe(200);
    database.breakDown();
    const response = await down.get(`${LIST}?user=${known}`);
    expect(response.status).toBe(503);
    expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(response.headers.get('etag')).toBeNull();
    expect(response.headers.get('cache-control')).toBe('no-store');
  }
});
