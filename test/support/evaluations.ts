import {
  type Evaluation,
  type GateDecision,
  marginOf,
  type SegmentMetrics,
} from '../../pipeline/evaluate/evaluation.ts';
import { LIST_METRICS, METRIC_NAMES, metricsBy } from '../../pipeline/evaluate/metric-names.ts';
import type { Manifest } from '../../pipeline/model/manifest.ts';

/** What a segment has when every user was ranked. */
export const EVERYONE_RANKED = { rankable: null, ...metricsBy(LIST_METRICS.map(marginOf), () => null) };

const METRICS: SegmentMetrics = {
  ...metricsBy(METRIC_NAMES, () => null),
  rmse: 0.8731,
  mae: 0.6712,
  precisionAt10: 0.1,
  recallAt10: 0.2,
  ndcgAt10: 0.15,
  coverage: 0.4,
  ratings: 1_000,
  rankedUsers: 120,
  novelty: 4.25,
  popularityLift: 0.5,
  calibration: 0.79,
  meanDeviation: 0.86,
  intervals: 990,
  ...EVERYONE_RANKED,
};

/** An evaluation with a value for every metric, except the metrics of cold users, which are null. */
export const EVALUATION: Evaluation = {
  ...METRICS,
  warm: { ...METRICS, rmse: 0.85 },
  cold: {
    ...METRICS,
    rmse: null,
    mae: null,
    precisionAt10: null,
    ratings: 0,
    rankedUsers: 0,
    novelty: null,
    popularityLift: null,
    calibration: null,
    meanDeviation: null,
    intervals: 0,
  },
  strategies: {
    personalised: 900,
    'folded-in': 0,
    genres: 0,
    'movie-mean': 60,
    'user-mean': 30,
    'global-mean': 10,
  },
};

export function manifestOf(version: number, batches: readonly number[] = []): Manifest {
  const {
    warm: _warm,
    cold: _cold,
    strategies: _strategies,
    prequential: _prequential,
    ...metrics
  } = EVALUATION;
  return {
    schema: 1,
    version,
    algorithm: 'vb-mf',
    hyperParameters: { factors: 16 },
    seed: 1,
    trainedAt: '2026-03-02T06:17:00.000Z',
    fitSeconds: 1.25,
    reason: version === 1 ? 'first-model' : 'drift',
    parent: version === 1 ? null : version - 1,
    snapshot: {
      sha256: 'a'.repeat(64),
      ratings: 10_000,
      users: 500,
      movies: 300,
      from: 1_000_000_000,
      to: 1_100_000_000,
      batches: [...batches],
      split: 'the holdout of the initial load',
    },
    metrics,
    files: { 'model.safetensors': { bytes: 4_096, sha256: 'b'.repeat(64) } },
  };
}

export const GATE: GateDecision = {
  outcome: 'promote',
  reason: 'drift',
  rules: [
    {
      metric: 'rmse',
      champion: 0.9,
      challenger: 0.8731,
      difference: -0.0269,
      interval: [-0.031, -0.022],
      bar: { kind: 'relative', tolerance: 0.002 },
      passed: true,
    },
  ],
  champion: EVALUATION,
  challenger: EVALUATION,
  holdout: { ratings: 1_000, users: 120, from: 1_100_000_000, to: 1_100_600_000 },
  confidence: 0.95,
  resamples: 1_000,
  seed: 1,
};
