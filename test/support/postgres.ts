import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, existsSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import postgres from 'postgres';

export interface PostgresServer {
  /** URL of its first database, as superuser. */
  readonly url: string;
  /** Ends the server as a crash does, waits, and starts it again. */
  crash(secondsAway: number): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Starts a private PostgreSQL server, or returns null when none is installed. It runs without fsync, for speed.
 *
 * @param parent the folder of its files. In memory, a database is created in less than half the time.
 */
export async function startPostgres(parent = tmpdir()): Promise<PostgresServer | null> {
  const binaries = findBinaries();
  if (binaries === null) return null;
  const account = unprivilegedAccount();
  const home = mkdtempSync(join(parent, 'cinematch-postgres-'));
  if (account) chownSync(home, account.uid, account.gid);
  const data = join(home, 'data');
  const initialised = spawnSync(
    join(binaries, 'initdb'),
    ['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync'],
    { ...account, cwd: home, encoding: 'utf8' },
  );
  if (initialised.status !== 0) throw new Error(`initdb failed: ${initialised.stderr}`);
  const port = await freePort();
  const settings = { listen_addresses: '127.0.0.1', port, unix_socket_directories: home, fsync: 'off' };
  const start = (): ChildProcess =>
    spawn(
      join(binaries, 'postgres'),
      ['-D', data, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])],
      { ...account, cwd: home, stdio: 'ignore' },
    );
  let server = start();
  const url = `postgres://postgres@127.0.0.1:${port}/postgres`;
  await untilReady(url, server);
  return {
    url,
    crash: async (secondsAway) => {
      const ended = once(server, 'exit');
      // SIGQUIT is PostgreSQL's immediate shutdown: it recovers when it starts again.
      server.kill('SIGQUIT');
      await ended;
      await setTimeout(secondsAway * 1000);
      server = start();
      await untilReady(url, server);
    },
    stop: () => stop(server, home),
  };
}

function findBinaries(): string | null {
  const versions = existsSync('/usr/lib/postgresql') ? readdirSync('/usr/lib/postgresql') : [];
  const installed = versions
    .sort((a, b) => Number(b) - Number(a))
    .map((name) => `/usr/lib/postgresql/${name}/bin`);
  const onPath = (process.env['PATH'] ?? '')
    .split(delimiter)
    .map((folder) => join(folder, 'postgres'))
    .filter((file) => existsSync(file))
    .map((file) => dirname(realpathSync(file)));
  return [...onPath, ...installed].find((folder) => existsSync(join(folder, 'initdb'))) ?? null;
}

/** PostgreSQL refuses to run as root: root starts it with another account. */
function unprivilegedAccount(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const accounts = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'));
  const found = ['postgres', 'nobody']
    .map((name) => accounts.find(([account]) => account === name))
    .find(Boolean);
  return { uid: Number(found?.[2]), gid: Number(found?.[3]) };
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function untilReady(url: string, server: ChildProcess): Promise<void> {
  for (;;) {
    const sql = postgres(url, { max: 1 });
    try {
      await sql`select 1`;
      return;
    } catch (error) {
      if (server.exitCode !== null)
        throw new Error(`postgres ended with ${server.exitCode}`, { cause: error });
      await setTimeout(25);
    } finally {
      await sql.end({ timeout: 0 });
    }
  }
}

async function stop(server: ChildProcess, home: string): Promise<void> {
  const ended = new Promise((resolve) => server.once('exit', resolve));
  // SIGINT is PostgreSQL's fast shutdown: it does not wait for clients.
  server.kill('SIGINT');
  await ended;
  rmSync(home, { recursive: true, force: true });
}

/**
 * Creates a database beside the one of `serverUrl` and returns its URL.
 *
 * @param template the database to copy; it must have no connection. @default an empty one
 */
export async function createDatabase(serverUrl: string, name: string, template?: string): Promise<string> {
  await withConnection(serverUrl, async (sql) => {
    await sql.unsafe(`drop database if exists "${name}" with (force)`);
    await sql.unsafe(`create database "${name}"${template === undefined ? '' : ` template "${template}"`}`);
  });
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return url.href;
}

/** Removes a database that `createDatabase` made, and closes its connections. */
export async function dropDatabase(serverUrl: string, databaseUrl: string): Promise<void> {
  const name = nameOfDatabase(databaseUrl);
  await withConnection(serverUrl, (sql) => sql.unsafe(`drop database if exists "${name}" with (force)`));
}

export const nameOfDatabase = (databaseUrl: string): string => new URL(databaseUrl).pathname.slice(1);

async function withConnection(
  serverUrl: string,
  work: (sql: postgres.Sql) => Promise<unknown>,
): Promise<void> {
  const sql = postgres(serverUrl, { max: 1, onnotice: () => {} });
  try {
    await work(sql);
  } finally {
    await sql.end();
  }
}
