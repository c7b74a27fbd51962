/** The page about persons: its commands are run as a reader would, and it names every place that has something of a user. */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { RUN_ARTIFACTS } from '../../pipeline/lib/run-artifacts.ts';
import { writeRatings } from '../../pipeline/source/write-ratings.ts';
import { type RatingRow, ratingsOf } from '../support/batches.ts';
import { createEmbeddedDatabase } from '../support/embedded-template.ts';

// Each command is a process that opens the embedded database. The limit only ends a test that hangs.
vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 });

const run = promisify(execFile);
const root = join(import.meta.dirname, '../..');
const page = await readFile(join(root, 'docs/privacy.md'), 'utf8');
const commands = [...page.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].flatMap(([, code = '']) =>
  code.trim().split('\n'),
);
const USER = 414;

let home: string;
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'cinematch-privacy-'));
  await createEmbeddedDatabase(join(home, 'pg'));
  const rows = Array.from(
    { length: 30 },
    (_, at): RatingRow => [at < 12 ? USER : 500 + at, at, 8, 1_700_000_000 + at],
  );
  await writeRatings(join(home, 'week.parquet'), ratingsOf(rows));
  await shell('cinematch ingest "$CINEMATCH_HOME/week.parquet"');
});
afterAll(() => rm(home, { recursive: true, force: true }));

async function shell(command: string): Promise<string> {
  const script = `cinematch() { "${process.execPath}" "${root}/pipeline/cli/main.ts" "$@"; }\n${command}`;
  const { DATABASE_URL: _, ...env } = process.env;
  const options = { env: { ...env, CINEMATCH_HOME: home }, cwd: root };
  return (await run('bash', ['-euo', 'pipefail', '-c', script], options)).stdout;
}

test('the commands of the page do what it says, in their order', async () => {
  expect(commands).toEqual([
    'cinematch users data 414',
    'cinematch users erase 414 --dry-run',
    'cinematch users erase 414 --yes',
    'cinematch users erasures',
    'cinematch users allow 414',
  ]);
  const told: string[] = [];
  for (const command of commands) told.push(await shell(command));
  const [data, plan, erased, erasures, allowed] = told as [string, string, string, string, string];
  expect(data).toMatch(/^ ratings +12$/m);
  expect(data).toContain('batch 1 came from week.parquet');
  expect(plan).toContain('nothing was changed');
  expect(plan).toMatch(/^ ratings +12$/m);
  expect(erased).toMatch(/^User 414 is erased since /);
  expect(erased).toMatch(/^ ratings +12$/m);
  expect(erased).toContain('batch 1 came from week.parquet, which may still have rows of the user');
  expect(erasures).not.toContain('414');
  expect(erasures.match(/^ +\d+ /gm)).toHaveLength(1);
  expect(allowed).toMatch(/^Rows of user 414 are taken again/);
  expect(await shell('cinematch users data 414')).toMatch(
    /^Nothing is kept of user 414\.\nErased .*; allowed to come back/,
  );
});

test('every table with a column of users, and every artifact, is on the page with its time', async () => {
  const schema = await readFile(join(root, 'data/schema.sql'), 'utf8');
  const tables = [...schema.matchAll(/^create table (\w+) \(\n([\s\S]*?)^\);/gm)]
    .filter(([, , columns = '']) => /^ {2}user_ids? /m.test(columns))
    .map(([, name]) => name as string);
  expect(tables.length).toBeGreaterThan(7);
  for (const table of tables) expect(page).toContain(`\`${table}\``);
  const row = page.split('\n').find((line) => line.startsWith('| artifacts of runs')) ?? '';
  const [, , , time = ''] = row.split('|');
  for (const { name, retentionDays } of Object.values(RUN_ARTIFACTS)) {
    expect(row).toContain(`\`${name}\``);
    const isNamed = time.includes(`\`${name}\``);
    expect([name, retentionDays]).toEqual([name, isNamed ? 7 : 90]);
  }
});
