/** What PostgreSQL and PGlite say, as errors that an operator can act on. */
import { expect, test } from 'vitest';
import { sendBinaryCopy } from '../../pipeline/store/binary-copy.ts';
import { databaseFailure } from '../../pipeline/store/database-failure.ts';
import { withStoreErrors } from '../../pipeline/store/with-store-errors.ts';
import { onEachHome } from '../support/stores.ts';

onEachHome(({ openBareStore }) => {
  test.each([
    ['42501', 'store-denied'],
    ['25006', 'store-read-only'],
    ['57014', 'store-timeout'],
    ['55P03', 'store-timeout'],
    ['25P03', 'store-timeout'],
    ['53100', 'store-full'],
    ['53300', 'store-unavailable'],
    ['53200', 'store-unavailable'],
    ['28P01', 'store-unavailable'],
    ['3D000', 'store-unavailable'],
    ['57P01', 'store-unavailable'],
    ['08006', 'store-unavailable'],
    ['XX001', 'store-damaged'],
    ['58030', 'store-damaged'],
    ['40001', 'store-busy'],
    ['40P01', 'store-busy'],
    ['42P01', 'store-schema'],
    ['42703', 'store-schema'],
  ])('SQLSTATE %s is %s', async (state, code) => {
    const store = await openBareStore();
    const work = store.sql.unsafe(
      `do $$ begin raise exception 'so it is' using errcode = '${state}'; end $$`,
    );
    await expect(withStoreErrors(store, () => work)).rejects.toMatchObject({
      code,
      message: `The database (${store.description}) ${says(state)}: so it is.`,
      remedy: expect.stringMatching(/\.$/),
      cause: { code: state },
    });
  });

  test('a violated constraint, a division by zero and a wrong statement are bugs', async () => {
    const { sql, description } = await openBareStore();
    for (const statement of ['select 1 / 0', 'select from', "select 'x'::integer"]) {
      const error: unknown = await sql.unsafe(statement).catch((reason: unknown) => reason);
      expect(databaseFailure(description, error)).toBeNull();
    }
  });

  test('a server that fails while it takes the rows of a COPY is heard, and not the statement after it', async () => {
    const { sql } = await openBareStore();
    await sql.unsafe(`
      create table taken (id integer);
      create function refuse() returns trigger language plpgsql as
        $$ begin raise exception 'no room for it' using errcode = '53100'; end $$;
      create trigger refuse before insert on taken for each row execute function refuse()`);
    const row = Buffer.from([0, 1, 0, 0, 0, 4, 0, 0, 0, 7]);
    const copied = sql.begin((transaction) => sendBinaryCopy(transaction, 'taken', ['id'], row));
    await expect(copied).rejects.toMatchObject({ code: '53100', message: 'no room for it' });
    expect(await sql`select from taken`).toHaveLength(0);
  });
});

/** The first words of the message belong to the code; here is the check that they are said at all. */
const says = (state: string): string => {
  const { message } = databaseFailure('X', { code: state, message: '' }) as Error;
  return message.slice('The database (X) '.length, message.lastIndexOf(':'));
};
