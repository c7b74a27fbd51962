/**
 * A process that ingests batches until it is done or killed:
 * `node ingesting-process.ts BATCHES DIRECTORY|postgres://…`. After every third batch, all ratings so far become training
 * data and are packed. It checks the store for partial batches and continues after the last complete step. It prints a
 * line after each step.
 */
import { writeSync } from 'node:fs';
import { compactRatings, countCompactable } from '../../pipeline/store/compact-ratings.ts';
import { connectStore } from '../../pipeline/store/connect.ts';
import { ingestBatch } from '../../pipeline/store/ingest-batch.ts';
import { countStored } from '../../pipeline/store/ledger.ts';
import { migrate } from '../../pipeline/store/migrate.ts';
import { batchOf, distinctRatings } from './batches.ts';
import { listedRejects } from './listed-rejects.ts';
import { storeState } from './store-state.ts';

const ROWS = 4_000;
/** More users than one slice of a compaction has. */
const USERS = 9_000;
const PROMOTED_TOGETHER = 3;

/** Batch `number` of the series. Batches overlap: later ones also update and repeat ratings. */
function batchNumber(number: number) {
  const ratings = distinctRatings(ROWS, number, { users: USERS, movies: 60, taken: new Set() });
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
await promoteAndPack(found.batches);
for (let number = found.batches + 1; number <= Number(batches); number++) {
  const batch = batchNumber(number);
  step('begin');
  await ingestBatch(store, batch, { maxRejectShare: 0.05 });
  step('end');
  await promoteAndPack(number);
}
step(`finished ${JSON.stringify({ ...(await storeState(store)), ...(await countStored(store.sql)) })}`);
await store.close();

/** Makes the batches up to the last multiple of three training data. Only the first call after that has work to do. */
async function promoteAndPack(batches: number): Promise<void> {
  const last = batches - (batches % PROMOTED_TOGETHER);
  await store.sql`update ingestion_ledger set role = 'baseline' where batch_id <= ${last} and role = 'buffer'`;
  if ((await countCompactable(store)) === 0) return;
  step('begin-packing');
  await compactRatings(store);
  step('end-packing');
}
