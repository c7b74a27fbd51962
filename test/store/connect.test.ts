import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterEach, expect, inject, test } from 'vitest';
import { connectStore, connectToRead } from '../../pipeline/store/connect.ts';
import { claimDirectory } from '../../pipeline/store/directory-claim.ts';
import { embeddedFailure } from '../../pipeline/store/embedded-failure.ts';
import { migrate } from '../../pipeline/store/migrate.ts';
import { parseDatabaseUrl } from '../../pipeline/store/server-url.ts';
import { createEmbeddedDatabase } from '../support/embedded-template.ts';

const folders: string[] = [];
const processes: ChildProcess[] = [];
afterEach(() => {
  for (const child of processes.splice(0)) child.kill('SIGKILL');
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'cinematch-connect-'));
  folders.push(folder);
  return join(folder, 'pg');
}

/** A process that locks the directory until it is killed. */
async function processHolding(directory: string): Promise<ChildProcess> {
  const module = new URL('../../pipeline/store/directory-claim.ts', import.meta.url).href;
  const script = `const { claimDirectory } = await import(${JSON.stringify(module)});
    await claimDirectory(${JSON.stringify(directory)}); console.log('held'); setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  processes.push(child);
  await new Promise((resolve) => child.stdout?.once('data', resolve));
  return child;
}

test('a directory that another process has open is refused, and the process is named', async () => {
  const directory = newFolder();
  const child = await processHolding(directory);
  await expect(connectStore({ directory })).rejects.toMatchObject({
    code: 'store-busy',
    message: `The embedded database in ${directory} is in use by process ${child.pid}.`,
  });
});

test('a directory is free immediately after the process with the lock was killed', async () => {
  const directory = newFolder();
  const child = await processHolding(directory);
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await ended;
  (await claimDirectory(directory))();
});

test('a command that only reads waits for the process with the lock, and not for ever', async () => {
  const directory = newFolder();
  await createEmbeddedDatabase(directory);
  const filled = await connectStore({ directory });
  await migrate(filled);
  await filled.close();
  const child = await processHolding(directory);
  await expect(connectToRead({ directory, waitMs: 50 })).rejects.toMatchObject({ code: 'store-busy' });
  const reading = connectToRead({ directory });
  // Longer than a command that changes something waits.
  await setTimeout(800);
  child.kill('SIGKILL');
  const store = await reading;
  expect(await store.sql`select from models`).toEqual([]);
  await store.close();
});

test('lock files of an earlier version have no effect', async () => {
  const directory = newFolder();
  mkdirSync(`${directory}.lock`, { recursive: true });
  writeFileSync(join(`${directory}.lock`, String(process.ppid)), '');
  (await claimDirectory(directory))();
});

test('a process cannot open a directory twice, but can open it again after closing it', async () => {
  const directory = newFolder();
  await createEmbeddedDatabase(directory);
  const store = await connectStore({ directory });
  await expect(connectStore({ directory })).rejects.toMatchObject({ code: 'store-busy' });
  await store.sql`create table kept as select 42 as answer`;
  await store.close();
  await store.close();
  const again = await connectStore({ directory });
  expect(await again.sql`select answer from kept`).toEqual([{ answer: 42 }]);
  await again.close();
});

test('a new database and its folder are for nobody but this user', async () => {
  const directory = join(newFolder(), 'home', 'pg');
  await (await connectStore({ directory })).close();
  for (const folder of [directory, dirname(directory)]) expect(statSync(folder).mode & 0o777).toBe(0o700);
});

test('a creation that was interrupted is begun anew, and a command that only reads sees no database', async () => {
  const directory = newFolder();
  mkdirSync(join(directory, 'base'), { recursive: true });
  writeFileSync(join(directory, 'PG_VERSION'), '18\n');
  writeFileSync(`${directory}.unfinished`, '');
  const reading = await connectToRead({ directory });
  expect(reading.description).toContain('does not exist yet');
  await reading.close();
  const store = await connectStore({ directory });
  await store.sql`create table kept as select 42 as answer`;
  await store.close();
  const again = await connectStore({ directory });
  expect(await again.sql`select answer from kept`).toEqual([{ answer: 42 }]);
  await again.close();
});

test.each([
  ['global/pg_control', (file: string) => writeFileSync(file, Buffer.alloc(8192, 0xa5))],
  ['base/5/1259', (file: string) => rmSync(file)],
])('an embedded database whose %s is damaged is named, with a way out', async (part, damage) => {
  const directory = newFolder();
  await createEmbeddedDatabase(directory);
  damage(join(directory, part));
  await expect(connectStore({ directory })).rejects.toMatchObject({
    code: 'store-damaged',
    message: `The embedded database in ${directory} does not start.`,
    remedy: expect.stringContaining('docs/operations.md'),
  });
});

test.each([
  [2, 'file-denied', 'this user has no permission'],
  [29, 'file-failed', 'the disk reported an error'],
  [51, 'disk-full', 'needs more space'],
  [69, 'file-denied', 'the file system is read-only'],
])('error %i of the file system of PGlite is %s', (errno, code, says) => {
  const directory = newFolder();
  // Emscripten throws an object that is no Error.
  expect(embeddedFailure(directory, { name: 'ErrnoError', errno })).toMatchObject({
    code,
    message: expect.stringMatching(new RegExp(`${directory}.*${says}`)),
  });
});

test('a server that cannot be reached is named without user or password', async () => {
  const databaseUrl = 'postgres://mia:s3cret@127.0.0.1:1/films?sslmode=disable';
  const error = await connectStore({ databaseUrl, directory: '' }).catch((reason: unknown) => reason);
  expect(error).toMatchObject({ code: 'store-unavailable' });
  const text = [String(error), JSON.stringify(error), String((error as Error).cause)].join();
  expect(text).toContain('127.0.0.1:1/films');
  expect(text).not.toMatch(/s3cret|mia/);
});

test('an invalid database URL is refused and not shown', () => {
  for (const text of ['s3cret', 'mysql://mia:s3cret@host/db', 'postgres://mia:s3%zz@ho st/db']) {
    expect(() => parseDatabaseUrl(text)).toThrow(
      expect.objectContaining({ code: 'store-unavailable', message: expect.not.stringContaining('s3cret') }),
    );
  }
});

test('a Neon URL gives a verified connection without prepared statements', () => {
  const address = parseDatabaseUrl(
    'postgresql://mia:s3cret@ep-cool-1-pooler.eu-central-1.aws.neon.tech/films?sslmode=require&channel_binding=require',
  );
  expect(address).toEqual({
    url: 'postgresql://mia:s3cret@ep-cool-1-pooler.eu-central-1.aws.neon.tech/films',
    host: 'ep-cool-1-pooler.eu-central-1.aws.neon.tech',
    port: 5432,
    encrypted: true,
    planMegabytes: 512,
    pooling: 'pooled',
    description: 'ep-cool-1-pooler.eu-central-1.aws.neon.tech:5432/films',
  });
});

test.each([
  ['postgres://u@localhost/db', false],
  ['postgres://u@[::1]:5433/db', false],
  ['postgres://u@localhost/db?sslmode=verify-full', true],
  ['postgres://u@db.example.org/db', true],
  ['postgres://u@db.example.org/db?sslmode=disable', false],
])('encryption for %s: %s', (url, encrypted) => {
  expect(parseDatabaseUrl(url)).toMatchObject({ encrypted, pooling: 'unknown' });
});

test.each([
  ['postgres://u@h.example.org/db?pgbouncer=true&connection_limit=1', { pooling: 'pooled' }],
  ['postgres://u@aws-0-eu.pooler.supabase.com:5432/db', { pooling: 'pooled' }],
  ['postgres://u@db.example.org:6543/db', { pooling: 'pooled' }],
  ['postgres://u@ep-cool-1.eu-central-1.aws.neon.tech/db', { pooling: 'direct' }],
  [
    'postgres://u@h.example.org/db?sslrootcert=system&gssencmode=disable&schema=public&target_session_attrs=any',
    { url: 'postgres://u@h.example.org/db' },
  ],
  ['postgres://u@h.example.org/db?schema=films', { url: 'postgres://u@h.example.org/db?search_path=films' }],
  [
    'postgres://u@h.example.org/db?statement_timeout=9s',
    { url: 'postgres://u@h.example.org/db?statement_timeout=9s' },
  ],
])('the URL %s as a host prints it', (url, expected) => {
  expect(parseDatabaseUrl(url)).toMatchObject(expected);
});

test.each(['sslrootcert=/etc/ca.pem', 'sslcert=me.pem', 'sslkey=me.key'])(
  'a URL with %s is refused with a way out',
  (parameter) => {
    expect(() => parseDatabaseUrl(`postgres://u:s3cret@h.example.org/db?${parameter}`)).toThrow(
      expect.objectContaining({
        code: 'store-unavailable',
        message: expect.stringContaining(parameter.split('=')[0] as string),
        remedy: expect.stringMatching(/NODE_EXTRA_CA_CERTS|password/),
      }),
    );
  },
);

test.runIf(inject('postgresUrl') !== null)(
  'a server without TLS is refused where TLS is asked for',
  async () => {
    const databaseUrl = `${inject('postgresUrl')}?sslmode=require`;
    await expect(connectStore({ databaseUrl, directory: '' })).rejects.toMatchObject({
      code: 'store-unavailable',
      message: expect.stringContaining('does not speak TLS'),
    });
  },
);
