import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { dumpSchema } from '../support/dump-schema.ts';
import { onEachHome } from '../support/stores.ts';

test('migrations are numbered from 1 without a gap, and each number is used once', () => {
  const numbers = readdirSync('data/migrations')
    .sort()
    .map((file) => Number(file.slice(0, 4)));
  expect(numbers).toEqual(numbers.map((_, index) => index + 1));
});

onEachHome(({ openStore }) => {
  test('the migrations give the schema of data/schema.sql', async () => {
    const store = await openStore();
    await expect(await dumpSchema(store)).toMatchFileSnapshot('../../data/schema.sql');
  });

  test('a rating takes sixteen bytes of column data', async () => {
    const store = await openStore();
    await store.sql`insert into ratings values (1, 2, 1000000000, 7, 1)`;
    const [row] = await store.sql<{ bytes: number }[]>`
      select pg_column_size(user_id) + pg_column_size(movie_id) + pg_column_size(rated_at)
        + pg_column_size(half) + pg_column_size(batch_id) as bytes from ratings`;
    expect(row?.bytes).toBe(16);
  });
});
