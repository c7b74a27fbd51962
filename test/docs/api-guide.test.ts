/** Runs every example of docs/api.md against the API, as a reader would, and compares what it shows. */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createApp } from '../../api/app.ts';
import { openDatabase } from '../../api/database.ts';
import { MOST_WRONG_KEYS } from '../../api/keys.ts';
import { type Listener, listen } from '../../api/listen.ts';
import { OPEN_MOVIES } from '../../api/open-lists.ts';
import { configSchema } from '../../pipeline/config.ts';
import type { Ratings } from '../../pipeline/ratings/ratings.ts';
import { openServing } from '../../pipeline/serving/open-serving.ts';
import { apiKeyOf, createApiKey } from '../../pipeline/store/api-keys.ts';
import { connectStore } from '../../pipeline/store/connect.ts';
import { migrate } from '../../pipeline/store/migrate.ts';
import type { Store } from '../../pipeline/store/store.ts';
import { createEmbeddedDatabase } from '../support/embedded-template.ts';
import { servingOf } from '../support/serving.ts';
import { learn } from '../train/learn.ts';
import { plantedRatings } from '../train/planted.ts';

const run = promisify(execFile);
const guide = join(import.meta.dirname, '../../docs/api.md');

interface Example {
  readonly language: string;
  readonly code: string;
  /** What the guide shows below it, of which language. */
  readonly shown: { readonly language: string; readonly text: string } | null;
}

/** Code blocks in order; one that shows an answer belongs to the one before it. */
function examplesOf(markdown: string): readonly Example[] {
  const blocks = [...markdown.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].map(([, language, text]) => ({
    language: language as string,
    text: text as string,
  }));
  const isShown = (language: string | undefined): boolean => language === 'json' || language === 'text';
  return blocks.flatMap(({ language, text }, at) => {
    if (isShown(language)) return [];
    const next = blocks[at + 1];
    return [{ language, code: text, shown: next !== undefined && isShown(next.language) ? next : null }];
  });
}

/** Users and movies numbered from 1. */
function numberedFromOne(ratings: Ratings): Ratings {
  return {
    ...ratings,
    userIds: ratings.userIds.map((id) => (id - 10) / 3 + 1),
    movieIds: ratings.movieIds.map((id) => (id - 7) / 2 + 1),
  };
}

const examples = examplesOf(await readFile(guide, 'utf8'));
let folder: string;
let store: Store;
let server: Listener;
let env: Record<string, string | undefined>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cinematch-guide-'));
  await createEmbeddedDatabase(join(folder, 'pg'));
  store = await connectStore({ directory: join(folder, 'pg') });
  await migrate(store);
  const clock = (): Date => new Date();
  const key = apiKeyOf(new Uint8Array(32).fill(7));
  await createApiKey(store, { name: 'guide', key }, clock());
  const adminKey = apiKeyOf(new Uint8Array(32).fill(9));
  await createApiKey(store, { name: 'admin', key: adminKey, scopes: ['admin'] }, clock());

  const ratings = numberedFromOne(plantedRatings(5, 60, 80, 25).train);
  const movies = Array.from({ length: 80 }, (_, row) => ({
    id: row + 1,
    title: `Film ${row + 1}`,
    year: 1975 + (row % 40),
    genres: row % 2 === 0 ? ['Comedy', 'Drama'] : ['Drama'],
  }));
  const { files } = servingOf({
    model: await learn('vb-mf+ials', ratings),
    ratings,
    movies,
    facts: { limits: configSchema.parse({}).serve.limits },
  });
  const app = createApp({
    serving: openServing(files, 'the guide'),
    database: openDatabase({
      use: (work) => work(store),
      clock,
      onFailure: console.error,
      limits: { readMs: 60_000, writeMs: 60_000 },
    }),
    clock,
    stopwatch: () => performance.now(),
    newRequestId: () => crypto.randomUUID(),
    addressOf: () => 'test',
    log: { request() {}, failure: console.error },
  });
  server = await listen(app.fetch, { port: 0, hostname: '127.0.0.1' });
  env = {
    ...process.env,
    CINEMATCH: `http://127.0.0.1:${server.port}`,
    CINEMATCH_KEY: key,
    CINEMATCH_ADMIN_KEY: adminKey,
  };
});
afterAll(async () => {
  server.close();
  await store.close();
  await rm(folder, { recursive: true, force: true });
});

/** What an example prints. A call that fails ends the shell, unless a failure is what the example shows. */
async function outputOf({ language, code, shown }: Example): Promise<string> {
  if (language === 'ts') {
    const [, name = 'example.mts'] = /^\/\/ (\S+\.mts)\n/.exec(code) ?? [];
    const file = join(folder, name);
    await writeFile(file, code);
    return (await run(process.execPath, [file], { env })).stdout;
  }
  const isFailure = shown?.text.includes('"code"') === true;
  const script = isFailure ? code : code.replaceAll('curl ', 'curl --fail-with-body -sS ');
  return (await run('bash', ['-euo', 'pipefail', '-c', script], { env, cwd: folder })).stdout;
}

/** Whether a value has every part that is shown, of the same kind. A list has to show the kind of its items. */
function expectShape(actual: unknown, shown: unknown, at: string): void {
  if (Array.isArray(shown)) {
    expect(Array.isArray(actual), at).toBe(true);
    const items = actual as unknown[];
    if (shown.length > 0) expect(items.length, `${at} is empty`).toBeGreaterThan(0);
    for (const item of items) expectShape(item, shown[0], `${at}[]`);
  } else if (shown !== null && typeof shown === 'object') {
    expect(actual, at).toEqual(expect.any(Object));
    for (const [name, value] of Object.entries(shown)) {
      expectShape((actual as Record<string, unknown>)[name], value, `${at}.${name}`);
    }
  } else if (shown === null) expect(actual, at).toBeNull();
  else expect(typeof actual, at).toBe(typeof shown);
}

describe('the examples of the API guide', () => {
  test('are there in both languages', () => {
    const count = (of: string): number => examples.filter(({ language }) => language === of).length;
    expect([count('sh'), count('ts')]).toEqual([23, 3]);
    expect(examples.filter(({ shown }) => shown !== null).length).toBeGreaterThan(6);
  });

  test.each(examples.map((example) => [example.code.split('\n')[0] as string, example] as const))(
    '%s',
    async (_, example) => {
      const output = await outputOf(example);
      expect(output.trim()).not.toBe('');
      const { shown } = example;
      if (shown?.language === 'json') expectShape(JSON.parse(output), JSON.parse(shown.text), 'answer');
      else if (shown !== null) expect(output).toBe(shown.text);
    },
  );

  test('the film app searches, rates, lists, hides and takes back', async () => {
    const app = async (...words: readonly string[]): Promise<string> =>
      (await run(process.execPath, [join(folder, 'film-app.mts'), ...words], { env: { ...env, ME: '77' } }))
        .stdout;
    expect(await app('search', 'film', '5')).toMatch(/^5 {2}Film 5 \(1979\)\n/);
    await app('rate', '5', '5');
    const before = await app('list');
    expect(before).toContain('because of Film 5');
    const [first = ''] = before.split(' ');
    await app('hide', first);
    expect(await app('list')).not.toMatch(new RegExp(`^${first} `, 'm'));
    await app('undo', first);
    expect(await app('list')).toMatch(new RegExp(`^${first} `, 'm'));
    expect(await app('similar', '5')).toMatch(/^\d+ {2}Film \d+ \(\d{4}\)\n/);
    expect(await app()).toContain('Commands: search, list, similar, rate, watched, want, hide, undo');
  });

  test('name the limits as they are', async () => {
    const { LIMITS } = await import('../../api/limits.ts');
    const text = await readFile(guide, 'utf8');
    const table = new Map(
      [...text.matchAll(/^\| ([^|]+) \| ([\d,]+)(?: KB)? \| \d{3} \|$/gm)].map(([, what, most]) => [
        what,
        Number(most?.replaceAll(',', '')),
      ]),
    );
    expect(Object.fromEntries(table)).toEqual({
      'body of a request': LIMITS.bodyBytes / 1024,
      '`k`, `limit`': LIMITS.k,
      'users of one request for lists': LIMITS.users,
      'users of a group': LIMITS.group,
      'movies in `exclude`': LIMITS.exclude,
      'movies of one request for similar ones': LIMITS.similarTo,
      'pairs in one request for predictions': LIMITS.pairs,
      'ratings of a new user': LIMITS.foldIn,
      'ratings or events in one feedback request': LIMITS.feedback,
      '`count` of an event': LIMITS.showings,
      'characters of a search query': LIMITS.query,
      'wrong keys of an address in a minute': MOST_WRONG_KEYS,
    });
    const { perKey, perAddress } = configSchema.parse({}).serve.limits;
    expect(text).toContain(
      `${perKey?.toLocaleString('en')} for a key, ${perAddress?.toLocaleString('en')} for an address`,
    );
    expect(text).toContain(`the first ${OPEN_MOVIES} movies of the user`);
  });
});
