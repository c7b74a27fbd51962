import { readFile, writeFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import type { Ratings } from '../../../pipeline/ratings/ratings.ts';
import { detectDrift } from '../../../pipeline/stages/drift/detect-drift.ts';
import { ingestRatings } from '../../../pipeline/stages/ingest/ingest-ratings.ts';
import { takeBatches } from '../../../pipeline/stages/ingest/take-batches.ts';
import { latestCheck } from '../../../pipeline/store/drift-log.ts';
import { recordFeedback } from '../../../pipeline/store/feedback.ts';
import { listBatches } from '../../../pipeline/store/ledger.ts';
import { preparedPipeline, quietWeeks } from '../../support/pipeline.ts';
import { rowsDigest } from '../../support/store-state.ts';

const open = preparedPipeline();
const [week, next] = quietWeeks().prepared.batches as [Ratings, Ratings];

/** Whole stars only: half stars are rounded up. */
const wholeStars = (ratings: Ratings): Ratings => ({
  ...ratings,
  halves: ratings.halves.map((half) => half + (half % 2)),
});

test('a severe finding stops the batch: nothing is stored, and the error says what was seen and what to do', async () => {
  const pipeline = await open();
  const before = await rowsDigest(pipeline.store);
  const path = await pipeline.write('week.csv', wholeStars(week));
  await expect(ingestRatings(pipeline, path, 'buffer')).rejects.toMatchObject({
    code: 'batch-rejected',
    message: expect.stringMatching(
      /^week\.csv: rating-step: whole stars: 0 of \d+ users give half stars; expected: about \d+ users/,
    ),
    remedy: expect.stringContaining('set quality.onSevere to "mark"'),
  });
  expect(await rowsDigest(pipeline.store)).toBe(before);
});

test('ratings on 1 to 10 are stopped by their scale, also where batches are marked: too many rows are damaged', async () => {
  const pipeline = await open({ quality: { onSevere: 'mark' } });
  const path = await pipeline.write('week.csv', week);
  const doubled = (await readFile(path, 'utf8'))
    .split('\n')
    .map((line, row) => {
      const [user, movie, stars, time] = line.split(',');
      return row === 0 || stars === undefined ? line : [user, movie, 2 * Number(stars), time].join(',');
    })
    .join('\n');
  await writeFile(path, doubled);
  await expect(ingestRatings(pipeline, path, 'buffer')).rejects.toMatchObject({
    code: 'batch-rejected',
    message: expect.stringContaining('the largest is 10: is this a 1–10 scale?'),
    remedy:
      'Nothing was stored or written. If so, state it: --scale 1-10, or source.scale in the configuration.',
  });
  expect((await listBatches(pipeline.store, ['buffer'])).length).toBe(0);
});

test('a marked batch keeps its finding in the ledger, and a check on it is never ok', async () => {
  const pipeline = await open({ quality: { onSevere: 'mark' } });
  const marked = await ingestRatings(pipeline, await pipeline.write('week.csv', wholeStars(week)), 'buffer');
  const finding = { kind: 'rating-step', severity: 'severe' };
  expect(marked.quality).toMatchObject([finding]);
  const [entry] = await listBatches(pipeline.store, ['buffer']);
  expect(entry?.quality).toEqual(marked.quality);
  // Also while a later batch is the newest one.
  await ingestRatings(pipeline, await pipeline.write('next.csv', next), 'buffer');
  const outcome = await detectDrift(pipeline);
  expect(outcome).toMatchObject({
    status: 'checked',
    check: { quality: [{ batch: marked.batch, ...finding }] },
  });
  const check = (await latestCheck(pipeline.store))?.check;
  expect(check?.quality).toMatchObject([{ batch: marked.batch, ...finding }]);
  expect(check?.verdict).not.toBe('ok');
});

test('the same batch a second time reports its finding again', async () => {
  const pipeline = await open({ quality: { onSevere: 'mark' } });
  const path = await pipeline.write('week.csv', wholeStars(week));
  const first = await ingestRatings(pipeline, path, 'buffer');
  const second = await ingestRatings(pipeline, path, 'buffer');
  expect(second).toMatchObject({ status: 'already-ingested', quality: first.quality });
});

test('ratings of an earlier batch in another file are found when they are merged', async () => {
  const pipeline = await open();
  await ingestRatings(pipeline, await pipeline.write('week.csv', week), 'buffer');
  const again = await ingestRatings(pipeline, await pipeline.write('again.parquet', week), 'buffer');
  expect(again).toMatchObject({
    new: 0,
    quality: [{ kind: 'known-rows', severity: 'warning', seen: expect.stringContaining('(100.0%)') }],
  });
});

test('feedback in whole stars is marked and stops no later batch', async () => {
  const pipeline = await open({ batches: [{ kind: 'feedback' }] });
  const { store, home } = pipeline;
  const rows = Array.from({ length: 600 }, (_, i) => ({
    userId: 800_000 + (i % 60),
    movieId: 1 + Math.floor(i / 60),
    half: 2 + 2 * (i % 5),
    ratedAt: 1_772_000_000 + i,
  }));
  await recordFeedback(store, rows);
  const { taken } = await takeBatches(pipeline, { dataDirectory: home });
  expect(taken).toMatchObject([{ new: 600, quality: [{ kind: 'rating-step', severity: 'severe' }] }]);
});
