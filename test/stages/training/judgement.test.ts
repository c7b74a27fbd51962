import { expect, test } from 'vitest';
import { metricsSchema } from '../../../pipeline/model/manifest.ts';
import { judgementSchema } from '../../../pipeline/stages/training/judgement.ts';
import { EVALUATION, GATE, manifestOf } from '../../support/evaluations.ts';

const ADDED = ['novelty', 'popularityLift', 'calibration', 'meanDeviation', 'intervals'];
const NOT_MEASURED = {
  novelty: null,
  popularityLift: null,
  calibration: null,
  meanDeviation: null,
  intervals: 0,
};

/** What the release before these metrics and strategies wrote. */
function asBefore(value: unknown): unknown {
  const text = JSON.stringify(value, (key, part) =>
    [...ADDED, 'folded-in', 'genres', 'baselines'].includes(key) ? undefined : part,
  );
  return JSON.parse(text);
}

test('metrics.json comes back as it was written', () => {
  const judgement = {
    evaluation: EVALUATION,
    baselines: [{ algorithm: 'bias', evaluation: EVALUATION }],
    gate: GATE,
  };
  expect(judgementSchema.parse(JSON.parse(JSON.stringify(judgement)))).toEqual(judgement);
});

test('of what an earlier release wrote, what it did not measure is null and no baseline is known', () => {
  const { evaluation, baselines, gate } = judgementSchema.parse(
    asBefore({ evaluation: EVALUATION, baselines: [], gate: GATE }),
  );
  expect(baselines).toEqual([]);
  expect(evaluation).toMatchObject({ ...NOT_MEASURED, rmse: EVALUATION.rmse, warm: NOT_MEASURED });
  expect(evaluation.strategies).toEqual(EVALUATION.strategies);
  expect(gate?.champion).toMatchObject({ cold: NOT_MEASURED });
});

test('the metrics of a manifest are read with and without what was added', () => {
  const { metrics } = manifestOf(1);
  expect(metricsSchema.parse(metrics)).toEqual(metrics);
  expect(Object.keys(metricsSchema.parse(asBefore(metrics)))).not.toEqual(expect.arrayContaining(ADDED));
});

test('a metric that is no number is refused', () => {
  const judgement = { evaluation: { ...EVALUATION, novelty: 'high' }, gate: null };
  expect(judgementSchema.safeParse(judgement).success).toBe(false);
});
