import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { connectServer } from '../../pipeline/store/connect-server.ts';
import { ingestBatch } from '../../pipeline/store/ingest-batch.ts';
import { migrate } from '../../pipeline/store/migrate.ts';
import { batchOf, distinctRatings } from '../support/batches.ts';
import { type PostgresServer, startPostgres } from '../support/postgres.ts';
import { storeState } from '../support/store-state.ts';

const ROWS = 50_000;
/** Longer than all patience was once. */
const SECONDS_AWAY = 3;

const hasServer = inject('postgresUrl') !== null;
let server: PostgresServer | null = null;
beforeAll(async () => {
  if (hasServer) server = await startPostgres();
});
afterAll(() => server?.stop());

test.runIf(hasServer)(
  'a batch is stored once although the server crashes in the middle and is away for seconds',
  async () => {
    if (server === null) throw new Error('PostgreSQL is not installed on this machine');
    const store = await connectServer(server.url);
    try {
      await migrate(store);
      const ratings = distinctRatings(ROWS, 1, { users: 900, movies: 600, taken: new Set() });
      const first = await ingestBatch(store, batchOf('before', ratings), { maxRejectShare: 0.05 });
      expect(first.status).toBe('ingested');

      let crashed: Promise<void> | undefined;
      const later = { ...ratings, ratedAt: ratings.ratedAt.map((time) => time + 1) };
      const outcome = await ingestBatch(store, batchOf('in the middle', later), {
        maxRejectShare: 0.05,
        onProgress: () => {
          crashed ??= server?.crash(SECONDS_AWAY);
        },
      });
      await crashed;
      expect(crashed).toBeDefined();
      expect(outcome.entry).toMatchObject({ batchId: 2, new: 0, updated: ROWS });
      expect(await storeState(store)).toMatchObject({ batches: 2 });
    } finally {
      await store.close();
    }
  },
);
