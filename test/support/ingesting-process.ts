/**
 * A process that ingests batches until it is done or killed:
 * `node ingesting-process.ts BATCHES DIRECTORY|postgres://…`. It checks the store for partial batches and continues after
 * the last complete one. It prints a line after each step.
 */
import { writeSync } from 'node:fs';
import { connectStore } from '../../pipeline/store/connect.ts';
import { ingestBatch } from '../../pipeline/store/ingest-batch.ts';
import { migrate } from '../../pipeline/store/migrate.ts';
import { batchOf, distinctRatings } from './batches.ts';
import { listedRejects } from './listed-rejects.ts';
import { storeState } from './store-state.ts';

const ROWS = 4_000;

/** Batch `number` of the series. Batches overlap: later ones also update and repeat ratings. */
function batchNumber(number: number) {
  const ratings = distinctRatings(ROWS, number, { users: 800, movies: 600, taken: new Set() });
  // Every second batch is newer than all earlier ones; the others are as old as the first.
  const shift = number % 2 === 0 ? number * ROWS : 0;
  const ratedAt = ratings.ratedAt.map((time) => time + shift);
  return batchOf(
    `batch ${number}`,
    { ...ratings, ratedAt },
    {
      rejects: listedRejects([{ rowNumber: 7, reason: 'rating-invalid', content: `rating ${number}` }]),
      movies: [{ id: number, title: `Film ${number}`, year: 1990, genres: ['Drama'] }],
    },
  );
}

const [batches, place = ''] = process.argv.slice(2);
const step = (text: string): number => writeSync(1, `${text}\n`);

const store = await connectStore(
  place.startsWith('postgres:') ? { databaseUrl: place, directory: '' } : { directory: place },
);
await migrate(store);
const found = await storeState(store);
step(`opened ${JSON.stringify(found)}`);
for (let number = found.batches + 1; number <= Number(batches); number++) {
  const batch = batchNumber(number);
  step('begin');
  await ingestBatch(store, batch, { maxRejectShare: 0.05 });
  step('end');
}
step(`finished ${JSON.stringify(await storeState(store))}`);
await store.close();
