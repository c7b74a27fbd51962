import { expect, test } from 'vitest';
import { copyRatings } from '../../pipeline/store/copy-ratings.ts';
import { distinctRatings, ratingsOf } from '../support/batches.ts';
import { onEachHome } from '../support/stores.ts';

const quiet = (): void => {};

onEachHome(({ openStore }) => {
  test('a COPY that the server refuses fails, and the connection still works', async () => {
    const { sql } = await openStore();
    await sql`create table strict (user_id int, movie_id int, rated_at int, half smallint check (half < 11))`;
    const ratings = ratingsOf([[1, 1, 12, 1_000]]);
    await expect(sql.begin((inner) => copyRatings(inner, 'strict', ratings, quiet))).rejects.toThrow();
    expect(await sql`select count(*)::int as rows from strict`).toEqual([{ rows: 0 }]);
  });

  test('a COPY that fails after its last row does not wait for ever', async () => {
    const { sql } = await openStore();
    await sql`
      create table late (user_id int, movie_id int, rated_at int, half smallint,
        unique (user_id) deferrable initially immediate)`;
    const ratings = ratingsOf([
      [1, 1, 1, 1_000],
      [1, 2, 1, 1_000],
    ]);
    await expect(sql.begin((inner) => copyRatings(inner, 'late', ratings, quiet))).rejects.toThrow();
    expect(await sql`select count(*)::int as rows from late`).toEqual([{ rows: 0 }]);
  });

  test('ratings of more than one block are all stored, with progress', async () => {
    const { sql } = await openStore();
    await sql`create table plain (user_id int, movie_id int, rated_at int, half smallint)`;
    const ratings = distinctRatings(530_000, 1, { users: 10_000, movies: 5_000, taken: new Set() });
    const done: number[] = [];
    await sql.begin((inner) => copyRatings(inner, 'plain', ratings, (progress) => done.push(progress.done)));
    const [sums] = await sql`
      select count(*)::int as rows, sum(user_id)::float as users, sum(half)::float as halves,
        max(rated_at) as newest from plain`;
    expect(sums).toEqual({
      rows: 530_000,
      users: ratings.userIds.reduce((sum, id) => sum + id, 0),
      halves: ratings.halves.reduce((sum, half) => sum + half, 0),
      newest: 1_000_529_999,
    });
    expect(done).toEqual([524_288, 530_000]);
  });
});
