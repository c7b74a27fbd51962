/** A client that starts before its server. */
import { once } from 'node:events';
import { createServer } from 'node:net';
import { expect, inject, test } from 'vitest';
import { connectServer } from '../../pipeline/store/connect-server.ts';
import { startDatabaseProxy } from '../support/database-proxy.ts';

const serverUrl = inject('postgresUrl');

test.runIf(serverUrl !== null)(
  'a client that was refused at first uses the server once it is there',
  async () => {
    const proxy = await startDatabaseProxy(serverUrl as string);
    await proxy.refuse();
    const store = await connectServer(proxy.url, { max: 1, lazy: true, connectTimeoutSeconds: 60 });
    for (let time = 0; time < 3; time++) {
      await expect(store.sql`select 1`).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    }
    await proxy.repair();
    expect(await store.sql`select 7 as answer`).toEqual([{ answer: 7 }]);
    await store.close();
    await proxy.close();
  },
);

test('without a response to the TLS request the connection times out, and the next query tries again', async () => {
  let met = 0;
  const silent = createServer((socket) => {
    met++;
    socket.on('error', () => {}).resume();
  }).listen(0, '127.0.0.1');
  await once(silent, 'listening');
  const { port } = silent.address() as { readonly port: number };
  const url = `postgres://somebody@127.0.0.1:${port}/films?sslmode=verify-full`;
  const store = await connectServer(url, { max: 1, lazy: true, connectTimeoutSeconds: 1 });
  for (let time = 1; time <= 3; time++) {
    await expect(store.sql`select 1`).rejects.toMatchObject({ code: 'CONNECT_TIMEOUT' });
    expect(met).toBe(time);
  }
  await store.close();
  silent.close();
});
