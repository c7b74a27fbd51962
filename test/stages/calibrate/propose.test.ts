import { expect, test } from 'vitest';
import type { Calibration, DriftTrial, GainTrial } from '../../../pipeline/stages/calibrate/calibrate.ts';
import { driftCandidates } from '../../../pipeline/stages/calibrate/candidates.ts';
import { proposalDiff, proposeSettings } from '../../../pipeline/stages/calibrate/propose.ts';
import { parseConfig } from '../../../pipeline/stages/load-config.ts';

const { drift, retraining } = parseConfig({}, 'the test');
const SERVED = { rmse: 0.95, ndcgAt10: 0.26, trainings: 6, alarms: 1, watches: 2, unjudged: 0 };

/** Ten planted changes each, of which some were found. */
const driftTrial = (index: number, found: number, alarms: number): DriftTrial => {
  const candidate = driftCandidates(drift)[index] as ReturnType<typeof driftCandidates>[number];
  return {
    ...candidate,
    ...SERVED,
    alarms,
    isConfigured: candidate.preset === drift.preset && candidate.factor === 1,
    power: [{ plant: 'a change', named: null, found: Array.from({ length: 10 }, (_, week) => week < found) }],
  };
};

const gainTrial = (
  factor: number,
  served: Partial<GainTrial>,
  interval: readonly [number, number] = [-0.01, 0.01],
): GainTrial => ({
  ...SERVED,
  factor,
  minGain: factor * retraining.minGain,
  overConfigured: { ratings: 1, users: 1, ndcgAt10: null, rmse: { before: 1, after: 1, gain: 0, interval } },
  ...served,
});

const calibration = (parts: Partial<Calibration>): Calibration => ({
  ratings: 1000,
  replayed: 1000,
  batches: 8,
  configured: { drift, retraining },
  policies: { never: SERVED, configured: SERVED, everyWeek: SERVED },
  weeks: [],
  driftTrials: [driftTrial(1, 5, 1)],
  gainTrials: [gainTrial(1, {})],
  ...parts,
});

const pathsOf = (parts: Partial<Calibration>): readonly string[] =>
  proposeSettings(calibration(parts)).map(({ path, to }) => `${path.join('.')} = ${to}`);

test('candidates multiply the thresholds, within what an effect can be, and nothing else', () => {
  const high = parseConfig({ drift: { robust: { thresholds: { new_user_share: 0.8 } } } }, 'the test').drift;
  const [half, once, twice] = driftCandidates(high);
  expect(once?.drift).toEqual(high);
  expect(half?.drift.robust.thresholds.rating_mean).toBe(high.robust.thresholds.rating_mean / 2);
  expect(twice?.drift.robust.thresholds.rating_mean).toBe(high.robust.thresholds.rating_mean * 2);
  expect(twice?.drift.robust.thresholds.new_user_share).toBe(1);
  expect(twice?.drift.classic).toEqual(high.classic);
  for (const { drift: tried } of driftCandidates(high)) parseConfig({ drift: tried }, 'a candidate');
});

test('nothing is proposed when the configured settings are as good as the others', () => {
  const driftTrials = [driftTrial(0, 5, 1), driftTrial(1, 5, 1), driftTrial(3, 4, 1)];
  expect(
    pathsOf({ driftTrials, gainTrials: [gainTrial(0.5, {}), gainTrial(1, {}), gainTrial(2, {})] }),
  ).toEqual([]);
});

test('lower thresholds need significantly more power, and no more alarms', () => {
  // Four changes more of ten: P(X ≥ 4) with n = 4 is 1/16 > 0.05. Five more: 1/32.
  expect(pathsOf({ driftTrials: [driftTrial(0, 9, 1), driftTrial(1, 5, 1)] })).toEqual([]);
  expect(pathsOf({ driftTrials: [driftTrial(0, 10, 2), driftTrial(1, 5, 1)] })).toEqual([]);
  const proposed = proposeSettings(calibration({ driftTrials: [driftTrial(0, 10, 1), driftTrial(1, 5, 1)] }));
  expect(proposed).toHaveLength(Object.keys(drift.robust.thresholds).length);
  expect(proposed[0]).toMatchObject({
    path: ['drift', 'robust', 'thresholds', 'rating_distribution_ks'],
    from: 0.1,
    to: 0.05,
    reason: 'finds 10 of 10 planted changes instead of 5, with 1 alarms on 8 untouched batches instead of 1',
  });
});

test('fewer alarms with the same power are a reason, also for another preset', () => {
  expect(pathsOf({ driftTrials: [driftTrial(1, 5, 2), driftTrial(4, 5, 1)] })).toEqual([
    'drift.preset = classic',
  ]);
  expect(pathsOf({ driftTrials: [driftTrial(1, 5, 2), driftTrial(4, 4, 1)] })).toEqual([]);
});

test('the smallest gain with the fewest trainings is proposed among those that serve nearly as well as every batch', () => {
  const own = gainTrial(1, { trainings: 6, rmse: 0.951 });
  expect(pathsOf({ gainTrials: [own, gainTrial(2, { trainings: 4, rmse: 0.954 })] })).toEqual([
    'retraining.minGain = 0.01',
  ]);
  // 0.5% of 0.95 is 0.00475.
  expect(pathsOf({ gainTrials: [own, gainTrial(2, { trainings: 4, rmse: 0.956 })] })).toEqual([]);
  expect(pathsOf({ gainTrials: [own, gainTrial(2, { trainings: 4, ndcgAt10: 0.25 })] })).toEqual([]);
});

test('when no smallest gain is near, one that is better beyond chance is proposed', () => {
  const own = gainTrial(1, { rmse: 0.99 });
  expect(pathsOf({ gainTrials: [gainTrial(0.5, { rmse: 0.97 }), own] })).toEqual([]);
  expect(pathsOf({ gainTrials: [gainTrial(0.5, { rmse: 0.97 }, [0.001, 0.02]), own] })).toEqual([
    'retraining.minGain = 0.0025',
  ]);
});

test('the diff has the configuration nested, and each reason once', () => {
  expect(
    proposalDiff([
      { path: ['drift', 'preset'], from: 'robust', to: 'classic', reason: 'one' },
      { path: ['drift', 'classic', 'thresholds', 'rating_mean'], from: 0.1, to: 0.05, reason: 'one' },
      { path: ['retraining', 'minGain'], from: 0.005, to: 0.01, reason: 'two' },
    ]).join('\n'),
  ).toBe(`--- cinematch.config.ts
+++ cinematch.config.ts
   drift: {
+    // one
-    preset: 'robust',
+    preset: 'classic',
     classic: {
       thresholds: {
-        rating_mean: 0.1,
+        rating_mean: 0.05,
       },
     },
   },
   retraining: {
+    // two
-    minGain: 0.005,
+    minGain: 0.01,
   },`);
  expect(proposalDiff([])).toEqual([]);
});
