/** The pages of recommendation lists. */
import { expect, test } from 'vitest';
import { servingOf } from '../support/serving.ts';
import { smallWorld, UNKNOWN_USER } from '../support/small-world.ts';
import { good, startApi } from './start-api.ts';

const world = await smallWorld();
const api = startApi({ isKeyed: true, serving: servingOf(world) });
const LIST = '/api/v1/recommendations';

interface Page {
  readonly recommendations: readonly { readonly movie: number }[];
  readonly next: string | null;
}
const idsIn = ({ recommendations }: Page): number[] => recommendations.map(({ movie }) => movie);

async function pagesOf(ask: (cursor: string | null) => Promise<Page>): Promise<readonly number[][]> {
  const pages: number[][] = [];
  let cursor: string | null = null;
  do {
    const page: Page = await ask(cursor);
    pages.push(idsIn(page));
    cursor = page.next;
  } while (cursor !== null && pages.length < 100);
  return pages;
}

const OPTIONS = [
  'novelty=0',
  'novelty=1',
  'diversity=0.5',
  'calibrated=true',
  'sort=rating',
  'genre=drama',
  'year=1970-1999',
  'min_rating=3.5',
];

test.each(OPTIONS)('the pages of a list with %s have every movie of it once', async (option) => {
  for (const user of [10, UNKNOWN_USER]) {
    const whole = idsIn(await good(api.get(`${LIST}?user=${user}&k=100&${option}`)));
    const pages = await pagesOf((cursor) =>
      good(api.get(`${LIST}?user=${user}&k=7&${option}${cursor === null ? '' : `&cursor=${cursor}`}`)),
    );
    expect(pages.slice(0, -1).every(({ length }) => length === 7)).toBe(true);
    expect(pages.at(-1)?.length).toBeGreaterThan(0);
    expect(pages.flat().toSorted((a, b) => a - b)).toEqual(whole.toSorted((a, b) => a - b));
    if (option === 'novelty=0') expect(pages.flat()).toEqual(whole);
  }
});

test('a list for ratings has pages of any length', async () => {
  const ratings = [{ movie: 7, stars: 5 }];
  const whole = idsIn(await good(api.post(LIST, { ratings, k: 100, novelty: 0 })));
  let k = 1;
  const pages = await pagesOf((cursor) =>
    good(api.post(LIST, { ratings, k: k++, novelty: 0, ...(cursor === null ? {} : { cursor }) })),
  );
  expect(pages.map(({ length }) => length).slice(0, 4)).toEqual([1, 2, 3, 4]);
  expect(pages.flat()).toEqual(whole);
});

test('a cursor continues its own list of its own bundle and no other', async () => {
  const refusal = async (of: ReturnType<typeof startApi>, address: string, status = 404): Promise<string> => {
    const response = await of.get(address);
    expect(response.status).toBe(status);
    return ((await response.json()) as { detail: string }).detail;
  };
  const { next } = await good(api.get(`${LIST}?user=10&k=3`));
  for (const other of ['user=13', 'user=10&genre=drama', 'user=10&exclude=7']) {
    expect(await refusal(api, `${LIST}?${other}&cursor=${next}`)).toBe(
      'cursor: was issued for other parameters; only the number of movies may change from page to page.',
    );
  }
  const later = startApi({
    isKeyed: true,
    serving: servingOf({ ...world, facts: { assembledAt: '2026-03-05T10:00:00.000Z' } }),
  });
  expect(await refusal(later, `${LIST}?user=10&cursor=${next}`)).toContain('before the newest deployment');
  const none = 'is not a cursor issued by this API';
  for (const odd of ['AAAAAA', '_____w'].map((position) => next.replace(/^[^.]+/, position))) {
    expect(await refusal(api, `${LIST}?user=10&cursor=${odd}`)).toContain(none);
  }
  for (const odd of ['x', '2', '..', `${next}.x`]) {
    expect(await refusal(api, `${LIST}?user=10&cursor=${odd}`, 422)).toContain(none);
  }
});

test('of a search only the limit may change from page to page', async () => {
  const { next } = await good(api.get('/api/v1/movies?query=star&limit=2'));
  const whole = await good(api.get('/api/v1/movies?query=star&limit=5'));
  const rest = await good(api.get(`/api/v1/movies?query=star&limit=3&cursor=${next}`));
  expect(rest.movies).toEqual(whole.movies.slice(2));
  expect(await (await api.get(`/api/v1/movies?query=heat&cursor=${next}`)).json()).toMatchObject({
    status: 404,
    errors: [{ at: 'cursor' }],
  });
});
