import { expect, test } from 'vitest';
import { evaluateInDetail } from '../../../pipeline/evaluate/evaluate.ts';
import { concatRatings, emptyRatings, type Ratings } from '../../../pipeline/ratings/ratings.ts';
import {
  countHistory,
  preparedHistory,
  sampledHistory,
  storedHistory,
} from '../../../pipeline/stages/calibrate/history.ts';
import { liveThrough, servedQuality } from '../../../pipeline/stages/calibrate/live-through.ts';
import { openReplay } from '../../../pipeline/stages/calibrate/replay.ts';
import { loadReleasedPackage } from '../../../pipeline/stages/champion/released-package.ts';
import { runWeek } from '../../../pipeline/stages/week/run-week.ts';
import { mildlyRaised, openBootstrapped, quietWeeks } from '../../support/pipeline.ts';

const BEGIN = new Date('2026-03-02T06:17:00Z');
const WEEK_MS = 7 * 86_400_000;

/** The quiet weeks, the last with a change that the default settings find. */
function someWeeks() {
  const { prepared, movies } = quietWeeks();
  const batches = prepared.batches.map((batch, week) =>
    week === 1 ? mildlyRaised(mildlyRaised(batch)) : batch,
  );
  return { prepared: { ...prepared, batches }, movies };
}

test('a replay serves, alerts and trains as the loop does, and reads the same history from its store', async () => {
  const { prepared, movies } = someWeeks();
  const pipeline = await openBootstrapped({ retraining: { minGain: 0.001 } });
  const loop = [];
  try {
    let champion = (await loadReleasedPackage(pipeline, 1)).model;
    let seen = concatRatings([prepared.train, prepared.test]);
    for (const [week, batch] of prepared.batches.entries()) {
      const { evaluation } = evaluateInDetail(champion, { train: seen, test: batch });
      seen = concatRatings([seen, batch]);
      pipeline.setTime(new Date(BEGIN.getTime() + (week + 1) * WEEK_MS).toISOString());
      const { drift, candidate, published } = await runWeek(
        pipeline,
        await pipeline.write(`week-${week}.csv`, batch),
      );
      loop.push({
        rmse: evaluation.rmse,
        ndcgAt10: evaluation.ndcgAt10,
        verdict: drift.status === 'checked' ? drift.check.verdict : null,
        trained: candidate?.manifest.reason ?? null,
        refused: published?.status === 'refused',
      });
      if (published?.status !== 'promoted' || candidate === null) continue;
      champion = (await loadReleasedPackage(pipeline, candidate.manifest.version)).model;
    }
    const history = preparedHistory(prepared, movies, BEGIN);
    const weeks = await liveThrough(
      openReplay(history, pipeline.config, () => {}),
      pipeline.config,
    );
    expect(
      weeks.map(({ served, verdict, trained, refused }) => ({
        rmse: served.evaluation.rmse,
        ndcgAt10: served.evaluation.ndcgAt10,
        verdict,
        trained,
        refused,
      })),
    ).toEqual(loop);
    expect(loop.map(({ verdict }) => verdict)).toContain('drift');
    expect(loop.filter(({ trained }) => trained !== null).length).toBeGreaterThan(0);

    const stored = await storedHistory(pipeline.store, 0.2);
    expect(stored.batches.map(columns)).toEqual(history.batches.map(columns));
    expect(stored.arrivedAt).toEqual(history.arrivedAt);
    expect(stored.train.length).toBe(prepared.train.length);
    expect(stored.test.length).toBe(prepared.test.length);
  } finally {
    await pipeline.close();
  }
});

const columns = ({ userIds, movieIds, halves, ratedAt }: Ratings) =>
  [userIds, movieIds, halves, ratedAt].map((column) => [...column]);

test('the quality that was served counts ratings and ranked users, not batches', () => {
  const list = { userId: 1, movieIds: Int32Array.of(1), hits: Uint8Array.of(1), relevant: 1 };
  const served = (errors: readonly number[], lists: number, ndcgAt10: number | null) =>
    ({
      errors: Float64Array.from(errors),
      lists: Array.from({ length: lists }, () => list),
      evaluation: { ndcgAt10 },
    }) as never;
  // √((1 + 1 + 1 + 9) / 4) = √3 and (0.5 · 3 + 0.1 · 1) / 4 = 0.4.
  const { rmse, ndcgAt10 } = servedQuality([served([1, -1, 1], 3, 0.5), served([3], 1, 0.1)]);
  expect(rmse).toBeCloseTo(Math.sqrt(3), 12);
  expect(ndcgAt10).toBeCloseTo(0.4, 12);
  expect(servedQuality([served([1], 0, null)]).ndcgAt10).toBeNull();
});

test('a large history is replayed with a sample of the users, the same in every part', () => {
  const { prepared, movies } = quietWeeks();
  const history = preparedHistory(prepared, movies, BEGIN);
  expect(sampledHistory(history, 1e9)).toBe(history);
  const sampled = sampledHistory(history, countHistory(history) / 2);
  expect(countHistory(sampled) / countHistory(history)).toBeCloseTo(0.5, 1);
  const chosen = new Set(sampled.train.userIds);
  const left = history.train.userIds.filter((id) => !chosen.has(id));
  for (const part of [sampled.test, ...sampled.batches]) {
    expect(part.userIds.some((id) => left.includes(id))).toBe(false);
  }
});

test('too little history is refused with what is missing', () => {
  const { prepared, movies } = quietWeeks();
  const few = { ...prepared, batches: prepared.batches.slice(0, 2) };
  expect(() => preparedHistory(few, movies, BEGIN)).toThrow(
    '2 batches after it; at least 3 batches are needed',
  );
  expect(() => preparedHistory({ ...prepared, train: emptyRatings(0) }, movies, BEGIN)).toThrow(
    'too little history',
  );
});
