/** A client that was there before its server. */
import { expect, inject, test } from 'vitest';
import { connectServer } from '../../pipeline/store/connect-server.ts';
import { startDatabaseProxy } from '../support/database-proxy.ts';

const serverUrl = inject('postgresUrl');

test.runIf(serverUrl !== null)(
  'a client that was refused at first uses the server once it is there',
  async () => {
    const proxy = await startDatabaseProxy(serverUrl as string);
    await proxy.refuse();
    const store = await connectServer(proxy.url, { max: 1, lazy: true, connectTimeoutSeconds: 3 });
    for (let time = 0; time < 3; time++) {
      await expect(store.sql`select 1`).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    }
    await proxy.mend();
    expect(await store.sql`select 7 as answer`).toEqual([{ answer: 7 }]);
    await store.close();
    await proxy.close();
  },
);
