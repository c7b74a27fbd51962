/** What is refused, and how that is told: which limit, which part, and the id to ask about. */
import { describe, expect, test } from 'vitest';
import { openServing } from '../../pipeline/serving/open-serving.ts';
import { smallServing } from '../support/small-world.ts';
import { memoryDatabase } from './memory-database.ts';
import { errorsOf, refusal } from './refusal.ts';
import { startApi } from './start-api.ts';

const serving = openServing((await smallServing()).files, 'model v3');
const database = memoryDatabase();
database.addKey('cm_x');
const api = startApi({ serving, database });
const LIMIT = 256 * 1024;
const keyed = (key = 'a-request') => ({ authorization: 'Bearer cm_x', 'idempotency-key': key });

const WRITES = [
  ['/api/v1/predictions', { pairs: [{ user: 10, movie: 7 }] }],
  ['/api/v1/recommendations', { ratings: [{ movie: 7, stars: 5 }] }],
  ['/api/v1/ratings', { ratings: [{ user: 10, movie: 7, stars: 5 }] }],
] as const;

describe.each(WRITES)('%s', (address, valid) => {
  const headers = (key: string) => (address.endsWith('/ratings') ? keyed(key) : {});

  test('a body of 256 KB is taken, one byte more is too large', async () => {
    const text = JSON.stringify(valid).padEnd(LIMIT);
    expect((await api.post(address, text, headers('whole'))).ok).toBe(true);
    expect(await refusal(api.post(address, `${text} `, headers('more')))).toMatchObject({
      status: 413,
      code: 'too-large',
      detail: 'The body may have at most 262,144 bytes.',
    });
  });

  test('bytes are counted, not letters, and a body that comes in pieces is counted as well', async () => {
    const text = `{"x":"${'é'.repeat(LIMIT / 2)}"}`;
    expect((await api.post(address, text, headers('letters'))).status).toBe(413);
    const pieces = () =>
      new ReadableStream({
        pull(controller) {
          controller.enqueue(new Uint8Array(64 * 1024).fill(32));
        },
      });
    const request = new Request(`http://localhost${address}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers('pieces') },
      body: pieces(),
      duplex: 'half',
    } as RequestInit);
    expect((await api.app.request(request)).status).toBe(413);
  });

  test('a body of another type is refused with what to send', async () => {
    for (const type of [
      'text/plain',
      'application/x-www-form-urlencoded',
      'application/jsonp',
      'text/json',
      'application/json;',
      'application/json ; charset=utf-8',
    ]) {
      expect(
        await refusal(api.post(address, valid, { ...headers('type'), 'content-type': type })),
      ).toMatchObject({
        status: 415,
        code: 'not-json',
        detail: `The content type is "${type}". Send application/json.`,
      });
    }
    const unnamed = api.app.request(address, {
      method: 'POST',
      headers: headers('unnamed'),
      body: new TextEncoder().encode(JSON.stringify(valid)),
    });
    expect((await refusal(unnamed)).detail).toBe('The content type is missing. Send application/json.');
    const named = { ...headers('utf-8'), 'content-type': 'Application/JSON; charset=utf-8' };
    expect((await api.post(address, valid, named)).ok).toBe(true);
  });

  test('a body that is not JSON is told apart from JSON that is wrong', async () => {
    for (const text of ['', '{', '{"ratings":[}', "{'a':1}", '\u0000']) {
      expect(await refusal(api.post(address, text, headers('broken')))).toMatchObject({
        status: 400,
        code: 'bad-json',
      });
    }
    for (const value of [null, [], 7, 'text', true]) {
      expect((await api.post(address, JSON.stringify(value), headers('other'))).status).toBe(422);
    }
  });

  test('a field nobody described is refused by name, wherever it stands', async () => {
    const [[name, [first]]] = Object.entries(valid) as unknown as [[string, [object]]];
    expect(await errorsOf(api.post(address, { ...valid, colour: 1 }, headers('top')))).toEqual([
      { at: 'body', message: 'does not accept "colour"' },
    ]);
    const inner = { [name]: [{ ...first, colour: 1 }] };
    if (address.endsWith('recommendations')) return;
    expect(await errorsOf(api.post(address, inner, headers('inner')))).toEqual([
      { at: `${name}.0`, message: 'does not accept "colour"' },
    ]);
  });
});

test.each([
  ['/api/v1/recommendations?user=10&k=101', 'k', 'must be from 1 to 100'],
  ['/api/v1/recommendations?user=10&k=ten', 'k', 'must be a whole number from 1 to 100'],
  ['/api/v1/recommendations?user=-1', 'user', 'must be a whole number from 0 to 2147483647'],
  ['/api/v1/recommendations?user=2147483648', 'user', 'must be from 0 to 2147483647'],
  ['/api/v1/recommendations?user=10&diversity=1.1', 'diversity', 'must be from 0 to 1, such as 0.3'],
  ['/api/v1/recommendations?user=10&explain=yes', 'explain', 'must be "true" or "false"'],
  ['/api/v1/movies?limit=101', 'limit', 'must be from 1 to 100'],
  [`/api/v1/movies?query=${'x'.repeat(201)}`, 'query', 'must have at most 200 characters'],
  ['/api/v1/top?k=0', 'k', 'must be from 1 to 100'],
  ['/api/v1/movies/x', 'id', 'must be a whole number from 0 to 2147483647'],
])('%s is refused for one reason', async (address, at, message) => {
  expect(await errorsOf(api.get(address))).toEqual([{ at, message }]);
});

test('a parameter that is sent twice, misspelt or missing is refused by name', async () => {
  expect(await errorsOf(api.get('/api/v1/recommendations?user=10&user=11'))).toEqual([
    { at: 'user', message: 'was sent more than once' },
  ]);
  expect(await errorsOf(api.get('/api/v1/recommendations?user=10&K=5'))).toEqual([
    { at: 'query', message: 'does not accept "K"' },
  ]);
  expect(await errorsOf(api.get('/api/v1/predictions'))).toEqual([
    { at: 'user', message: 'is missing' },
    { at: 'movie', message: 'is missing' },
  ]);
});

test.each([
  ['a field that is missing', { ratings: [{ movie: 7 }] }, 'ratings.0.stars', 'is missing'],
  ['stars above 5', { ratings: [{ movie: 7, stars: 5.5 }] }, 'ratings.0.stars', 'must be at most 5'],
  ['no stars', { ratings: [{ movie: 7, stars: 0 }] }, 'ratings.0.stars', 'must be at least 0.5'],
  ['stars as text', { ratings: [{ movie: 7, stars: '5' }] }, 'ratings.0.stars', 'must be a number'],
  ['half a movie', { ratings: [{ movie: 7.5, stars: 5 }] }, 'ratings.0.movie', 'must be a whole number'],
  ['no rating', { ratings: [] }, 'ratings', 'must have at least 1 item'],
  ['one rating instead of a list', { ratings: { movie: 7, stars: 5 } }, 'ratings', 'must be a list'],
  [
    'a wish in words',
    { ratings: [{ movie: 7, stars: 5 }], explain: 'yes' },
    'explain',
    'must be true or false',
  ],
  [
    'a genre without a name',
    { ratings: [{ movie: 7, stars: 5 }], genre: '' },
    'genre',
    'must have at least 1 character',
  ],
  ['a list instead of an object', [], 'body', 'must be an object'],
])('%s is refused in words', async (_what, body, at, message) => {
  expect(await errorsOf(api.post('/api/v1/recommendations', body))).toEqual([{ at, message }]);
});

test('500 ratings make a list, one more does not, and no more than 1,000 movies are left out', async () => {
  const ratings = Array.from({ length: 501 }, (_, at) => ({ movie: 7 + 2 * (at % 80), stars: 4 }));
  const exclude = Array.from({ length: 1001 }, (_, at) => 1 + at);
  const ask = (body: object) => api.post('/api/v1/recommendations', body);
  expect((await ask({ ratings: ratings.slice(1), exclude: exclude.slice(1) })).status).toBe(200);
  expect(await errorsOf(ask({ ratings }))).toEqual([
    { at: 'ratings', message: 'must have at most 500 items' },
  ]);
  expect(await errorsOf(ask({ ratings: ratings.slice(1), exclude }))).toEqual([
    { at: 'exclude', message: 'must have at most 1,000 items' },
  ]);
  expect((await ask({ ratings: [] })).status).toBe(422);
});

test('a genre nobody knows is answered with those there are', async () => {
  const addresses = ['recommendations?user=10&', 'movies?', 'movies/7/similar?', 'top?'];
  const answers = [
    ...addresses.map((address) => api.get(`/api/v1/${address}genre=Opera`)),
    api.post('/api/v1/recommendations', { ratings: [{ movie: 7, stars: 5 }], genre: 'Opera' }),
  ];
  for (const answer of answers) {
    expect(await refusal(answer)).toMatchObject({
      status: 422,
      detail: 'genre: "Opera" is unknown. The genres are Action, Comedy, Drama, Film-Noir, Sci-Fi.',
      errors: [{ at: 'genre', message: '"Opera" is unknown' }],
    });
  }
});

test('of a thousand wrong parts the first twenty are named', async () => {
  const pairs = Array.from({ length: 1000 }, () => ({ user: -1, movie: -1 }));
  const errors = await errorsOf(api.post('/api/v1/predictions', { pairs }));
  expect(errors).toHaveLength(20);
  expect(errors?.[3]?.at).toBe('pairs.1.movie');
});

test('of ten thousand fields nobody described the first five are named, by their beginnings', async () => {
  const fields = Object.fromEntries(Array.from({ length: 10_000 }, (_, at) => [`field${at}`, 1]));
  const [tooMany] =
    (await errorsOf(api.post('/api/v1/predictions', { pairs: [{ user: 1, movie: 7 }], ...fields }))) ?? [];
  expect(tooMany?.message).toBe(
    'does not accept "field0", "field1", "field2", "field3", "field4" and 9,995 more',
  );
  const long = await errorsOf(api.get(`/api/v1/top?${'x'.repeat(5_000)}=1`));
  expect(long).toEqual([{ at: 'query', message: `does not accept "${'x'.repeat(80)}"` }]);
});

test('an id that was sent is kept when it is sane, and replaced when it is not', async () => {
  const idOf = async (sent: string) =>
    (await refusal(api.get('/nothing', { 'x-request-id': sent }))).requestId;
  for (const sent of [
    'a-request-0001',
    '3f2504e0-4f89-11d3-9a0c-0305e82c3301',
    'x'.repeat(128),
    '12345678',
  ]) {
    expect(await idOf(sent)).toBe(sent);
  }
  for (const sent of ['', 'short', 'x'.repeat(129), 'two words', 'é'.repeat(9), '"><script>x', 'a=b;c=d;e']) {
    expect(await idOf(sent)).toMatch(/^request-\d+$/);
  }
});
