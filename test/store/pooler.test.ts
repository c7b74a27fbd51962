import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { connectServer } from '../../pipeline/store/connect-server.ts';
import type { Store } from '../../pipeline/store/store.ts';
import { hasPgbouncer, startPgbouncer } from '../support/pgbouncer.ts';

const serverUrl = inject('postgresUrl');
const stores: Store[] = [];
let pooler: Awaited<ReturnType<typeof startPgbouncer>> | undefined;

beforeAll(async () => {
  if (serverUrl !== null && hasPgbouncer) pooler = await startPgbouncer(serverUrl, 3);
});
afterAll(async () => {
  for (const store of stores) await store.close();
  pooler?.stop();
});

test.runIf(serverUrl !== null && hasPgbouncer).each([
  ['that connect at once', false],
  ['that connect with the first query', true],
])('two stores %s answer all queries behind a pooler with few connections', async (_, lazy) => {
  const two = await Promise.all([0, 1].map(() => connectServer(pooler?.url ?? '', { lazy })));
  stores.push(...two);
  const answers = await Promise.all(
    Array.from({ length: 240 }, async (_unused, i) => {
      const { sql } = two[i % 2] as Store;
      const [row] = await sql<{ value: number }[]>`select ${i}::integer as value, ${`text ${i % 7}`} as text`;
      return row?.value;
    }),
  );
  expect(answers).toEqual(Array.from({ length: 240 }, (_unused, i) => i));
});

test.runIf(serverUrl !== null)('statements are prepared where no pooler answers', async () => {
  const store = await connectServer(serverUrl ?? '', { max: 1 });
  stores.push(store);
  await store.sql`select ${1}::integer as value`;
  const [{ count } = { count: 0 }] = await store.sql<{ count: number }[]>`
    select count(*)::integer as count from pg_prepared_statements`;
  expect(count).toBeGreaterThan(0);
});
