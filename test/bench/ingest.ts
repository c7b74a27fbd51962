import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { median } from 'simple-statistics';
import { sortByUser } from '../../pipeline/ratings/order.ts';
import type { Ratings } from '../../pipeline/ratings/ratings.ts';
import { connectStore } from '../../pipeline/store/connect.ts';
import { copyRatings } from '../../pipeline/store/copy-ratings.ts';
import { ingestBatch } from '../../pipeline/store/ingest-batch.ts';
import { migrate } from '../../pipeline/store/migrate.ts';
import { readStoredMovies } from '../../pipeline/store/read-movies.ts';
import { readStoredRatings } from '../../pipeline/store/read-ratings.ts';
import type { Store } from '../../pipeline/store/store.ts';
import { batchOf, distinctRatings } from '../support/batches.ts';
import { startPostgres } from '../support/postgres.ts';

const EXISTING = 1_000_000;
const INCOMING = 500_000;
const MOVIES = 10_000;
const ROUNDS = 3;
const GOAL = 2;
/** How the store has the existing ratings: as rows of their own, or packed by user. */
const EXISTING_AS = { plain: 'buffer', packed: 'train' } as const;

/**
 * Ingestion against a plain COPY of the same rows, in the order they arrive, into an equal table with an equal
 * key; then the exports that training and drift checks begin with. Medians, on each home there is, with the existing
 * ratings as plain rows and packed.
 */
export async function benchIngest(print: (line: string) => void): Promise<void> {
  const taken = new Set<number>();
  const shape = { users: 15_000, movies: 20_000, taken };
  const existing = distinctRatings(EXISTING, 1, shape);
  const incoming = distinctRatings(INCOMING, 2, shape);
  const folder = mkdtempSync(join(tmpdir(), 'cinematch-bench-'));
  const server = await startPostgres();
  try {
    const homes = [
      { directory: join(folder, 'pg') },
      ...(server ? [{ directory: '', databaseUrl: server.url }] : []),
    ];
    for (const home of homes) {
      const store = await connectStore(home);
      for (const kind of ['plain', 'packed'] as const)
        await benchHome(store, kind, existing, incoming, print);
      await store.close();
    }
  } finally {
    await server?.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function benchHome(
  store: Store,
  kind: keyof typeof EXISTING_AS,
  existing: Ratings,
  incoming: Ratings,
  print: (line: string) => void,
): Promise<void> {
  const [copies, ingestions, repeats, exports, catalogues]: number[][] = [[], [], [], [], []];
  for (let round = 0; round < ROUNDS; round++) {
    await loadExisting(store, kind, existing);
    const copy = () => store.sql.begin((sql) => copyRatings(sql, 'plain', incoming, () => {}));
    const ingest = () => ingestBatch(store, batchOf('incoming', incoming), { maxRejectShare: 0 });
    copies?.push(await milliseconds(copy));
    ingestions?.push(await milliseconds(ingest));
    repeats?.push(await milliseconds(ingest));
    exports?.push(await milliseconds(() => readStoredRatings(store)));
    catalogues?.push(await milliseconds(() => readStoredMovies(store)));
  }
  const [copy, ingest, repeat, all, movies] = [copies, ingestions, repeats, exports, catalogues].map(
    (times) => median(times ?? []),
  ) as [number, number, number, number, number];
  const ms = (time: number): string => `${time.toFixed(time < 100 ? 1 : 0)} ms`;
  const home = store.home === 'embedded' ? 'PGlite' : 'PostgreSQL';
  print(`ingestion on ${home}, ${INCOMING} ratings into ${EXISTING} ${kind} ones (medians of ${ROUNDS})`);
  print(
    `  plain COPY ${ms(copy)}, ingestion ${ms(ingest)}: ratio ${(ingest / copy).toFixed(2)} (goal: at most ${GOAL})`,
  );
  print(`  the same batch again ${ms(repeat)}`);
  print(`  export of ${EXISTING + INCOMING} ratings ${ms(all)}, of ${MOVIES} movies ${ms(movies)}`);
}

/** The store and the plain table beside it, each with the existing ratings. */
async function loadExisting(store: Store, kind: keyof typeof EXISTING_AS, existing: Ratings): Promise<void> {
  await store.sql.unsafe('drop schema public cascade; create schema public');
  await migrate(store);
  const movies = Array.from({ length: MOVIES }, (_, row) => ({
    id: row + 1,
    title: `The Film Number ${row + 1}`,
    year: 1950 + (row % 70),
    genres: ['Drama', 'Comedy'],
  }));
  const batch = batchOf('existing', existing, { role: EXISTING_AS[kind], movies });
  await ingestBatch(store, batch, { maxRejectShare: 0 });
  await store.sql`create table plain (like ratings including all)`;
  await store.sql`alter table plain alter batch_id set default 2`;
  await store.sql.begin((sql) => copyRatings(sql, 'plain', sortByUser(existing), () => {}));
  await store.sql`checkpoint`;
}

async function milliseconds(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}
