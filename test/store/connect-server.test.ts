/** Connections to a missing or unresponsive server. */
import { readFileSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { afterEach, expect, inject, test } from 'vitest';
import { connectServer, type ServerOptions } from '../../pipeline/store/connect-server.ts';

const serverUrl = inject('postgresUrl');
const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function opened(url: string, options: ServerOptions) {
  const store = await connectServer(url, options);
  closing.push(() => store.close());
  return store;
}

/** A server that passes each connection to `meet`. Returns its port. */
async function listening(meet: (socket: Socket) => void): Promise<number> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    meet(socket);
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  closing.push(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  return (server.address() as { readonly port: number }).port;
}

/** Paths of a module and of all modules it imports, except for types. */
function modulesBehind(module: URL, found = new Set<string>()): ReadonlySet<string> {
  if (found.has(module.href)) return found;
  found.add(module.href);
  const source = readFileSync(module, 'utf8');
  for (const [, imported = ''] of source.matchAll(/^(?:import|export) (?!type )[^;]*?'(\.[^']+)';/gm)) {
    modulesBehind(new URL(imported, module), found);
  }
  return found;
}

const store = (file: string): URL => new URL(`../../pipeline/store/${file}.ts`, import.meta.url);

test.each(['connect-server', 'accept-feedback', 'user-feedback', 'serving-status', 'with-store-errors'])(
  'the API takes %s, and with it nothing of the embedded database',
  (file) => {
    const embedded = ['connect', 'load-pglite', 'pglite-socket', 'directory-claim'].map((name) =>
      store(name),
    );
    const behind = modulesBehind(store(file));
    expect(embedded.filter(({ href }) => behind.has(href))).toEqual([]);
    expect(modulesBehind(store('connect'))).toContain(store('load-pglite').href);
  },
);

test('a lazy store opens without a server, and its first query fails', async () => {
  const store = await opened('postgres://mia@127.0.0.1:1/films', { lazy: true });
  await expect(store.sql`select 1`).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  await expect(store.sql`select 1`).rejects.toMatchObject({ code: 'ECONNREFUSED' });
});

test('the connection to an unresponsive server times out', async () => {
  const port = await listening(() => {});
  const store = await opened(`postgres://mia@127.0.0.1:${port}/films`, {
    lazy: true,
    connectTimeoutSeconds: 0.1,
  });
  await expect(store.sql`select 1`).rejects.toMatchObject({ code: 'CONNECT_TIMEOUT' });
});

test.runIf(serverUrl !== null)(
  'a connection that falls silent is given up, and the next query opens another',
  async () => {
    const { hostname, port: serverPort } = new URL(serverUrl as string);
    const relayed: { from: Socket; to: Socket }[] = [];
    const port = await listening((from) => {
      const to = connect(Number(serverPort), hostname);
      to.on('error', () => {});
      from.pipe(to).pipe(from);
      from.once('close', () => to.destroy());
      relayed.push({ from, to });
    });
    const url = new URL(serverUrl as string);
    url.host = `127.0.0.1:${port}`;
    const store = await opened(url.href, { lazy: true, max: 1, inactivitySeconds: 3 });
    expect(await store.sql`select 1 as answer`).toEqual([{ answer: 1 }]);
    for (const { from, to } of relayed) {
      from.unpipe(to);
      from.resume();
    }
    await expect(store.sql`select 2`).rejects.toMatchObject({ code: 'CONNECTION_CLOSED' });
    await expect.poll(() => store.sql`select 3 as answer`.catch(() => [])).toEqual([{ answer: 3 }]);
    expect(relayed).toHaveLength(2);
  },
);

test.runIf(serverUrl !== null)('a connection that nobody needs may be lost without harm', async () => {
  const store = await opened(serverUrl as string, { lazy: true, max: 1, inactivitySeconds: 2 });
  const backend = () => store.sql<{ pid: number }[]>`select pg_backend_pid() as pid`;
  const [before] = await backend();
  const watcher = await opened(serverUrl as string, { max: 1 });
  const alive = () => watcher.sql`select pid from pg_stat_activity where pid = ${before?.pid ?? 0}`;
  await expect.poll(async () => (await alive()).length).toBe(0);
  // In the moment in which the server closes it, a query may still find the old connection. The next one does not.
  const after = () =>
    backend().then(
      ([row]) => row?.pid,
      () => before?.pid,
    );
  await expect.poll(after).not.toBe(before?.pid);
});
