import type { DriftCheck, SignalResult } from '../../pipeline/drift/signal.ts';
import type {
  BaselineEvaluation,
  Evaluation,
  GateDecision,
  SegmentMetrics,
} from '../../pipeline/evaluate/evaluation.ts';
import { METRIC_NAMES, metricsBy } from '../../pipeline/evaluate/metric-names.ts';
import type { Manifest } from '../../pipeline/model/manifest.ts';
import type { DriftIssueInput } from '../../pipeline/stages/drift/issue-title.ts';
import { EVERYONE_RANKED } from './evaluations.ts';

/** A drift check, a gate and a model of a three-week run, for the tests of reports. */

const quiet = { interval: null, pValue: null, note: '', evidence: null, paired: null } as const;

const signals: readonly SignalResult[] = [
  {
    name: 'rating_distribution_ks',
    window: 'newest',
    value: 0.0975,
    reference: null,
    effect: 0.0975,
    interval: [0.071, 0.124],
    threshold: 0.1,
    verdict: 'watch',
    pValue: 0.00001,
    note: '',
    evidence: null,
    paired: null,
  },
  {
    name: 'rating_mean',
    window: 'newest',
    value: 3.7632,
    reference: 3.5218,
    effect: 0.0685,
    interval: [0.0451, 0.0919],
    threshold: 0.03,
    verdict: 'drift',
    pValue: 0.0000001,
    note: '',
    evidence: null,
    paired: null,
  },
  {
    name: 'user_mean_shift',
    window: 'newest',
    value: 3.76,
    reference: 3.52,
    effect: 0.24,
    interval: [0.17, 0.31],
    threshold: 0.1,
    verdict: 'drift',
    pValue: 0.0000001,
    note: '',
    evidence: null,
    paired: null,
  },
  {
    ...quiet,
    name: 'new_movie_share',
    window: 'newest',
    value: 0.031,
    reference: 0.021,
    effect: 0.01,
    interval: [-0.02, 0.04],
    threshold: 0.05,
    verdict: 'ok',
  },
  {
    ...quiet,
    name: 'genre_js',
    window: 'newest',
    value: 0.031,
    reference: null,
    effect: null,
    threshold: 0.05,
    verdict: 'insufficient',
    note: 'only 3 past windows to compare with, 4 are needed',
  },
  {
    name: 'model_rmse',
    window: 'buffer',
    value: 0.9337,
    reference: 0.871,
    effect: 0.072,
    interval: [0.051, 0.093],
    threshold: 0.1,
    verdict: 'watch',
    pValue: 0.00001,
    note: '',
    evidence: null,
    paired: { value: -0.0312, reference: -0.0411, effect: 0.0114, interval: [-0.004, 0.0268] },
  },
];

export const driftCheck: DriftCheck = {
  preset: 'robust',
  verdict: 'drift',
  signals,
  windows: [
    { name: 'newest', ratings: 20_000, users: 143, movies: 1_804 },
    { name: 'buffer', ratings: 40_000, users: 271, movies: 2_215 },
  ],
  reference: { ratings: 98_000, users: 702, movies: 2_950 },
  quality: [],
  contributors: [
    { kind: 'genre', label: 'Documentary', referenceShare: 0.021, windowShare: 0.064, windowMean: 4.1 },
    { kind: 'movie', label: '260', referenceShare: 0.001, windowShare: 0.009, windowMean: 4.42 },
    {
      kind: 'user-group',
      label: 'returning users',
      referenceShare: 0.4,
      windowShare: 0.35,
      windowMean: null,
    },
  ],
  findings: [],
  explanations: [
    {
      signal: 'user_mean_shift',
      window: 'newest',
      contributions: [
        {
          partition: 'user-group',
          total: 0.24,
          parts: [
            {
              label: 'new users',
              referenceShare: 0,
              windowShare: 0.65,
              before: null,
              now: 3.85,
              contribution: 0.2145,
            },
            {
              label: 'returning users',
              referenceShare: 1,
              windowShare: 0.35,
              before: 3.52,
              now: 3.593,
              contribution: 0.0255,
            },
          ],
        },
      ],
      influence: [{ kind: 'user', label: '7', ratings: 2_300, share: 0.115, effectWithout: 0.21 }],
    },
    {
      signal: 'rating_mean',
      window: 'newest',
      contributions: [
        {
          partition: 'movie',
          total: 0.2414,
          parts: [
            {
              label: '260',
              referenceShare: 0.001,
              windowShare: 0.009,
              before: 4.1,
              now: 4.42,
              contribution: 0.0075,
            },
            {
              label: 'all others',
              referenceShare: 0.999,
              windowShare: 0.991,
              before: 3.521,
              now: 3.757,
              contribution: 0.2339,
            },
          ],
        },
      ],
      influence: [{ kind: 'movie', label: '260', ratings: 180, share: 0.009, effectWithout: 0.0668 }],
    },
  ],
};

/** A flood by one user, as a check recognises it. */
export const flood: DriftCheck['findings'][number] = {
  kind: 'user-flood',
  of: 'user',
  who: ['7'],
  count: 1,
  ratings: 2_300,
  share: 0.115,
  text: 'One user gave 2300 ratings with mean 0.50★ and spread 0.00★.',
  remains: { signal: 'rating_mean', effect: -0.2525, effectWithout: 0.0234 },
};

/** The explanations with another label of each part, for instance an untrusted one. */
export const labelled = (label: string): DriftCheck['explanations'] =>
  driftCheck.explanations.map((explanation) => ({
    ...explanation,
    contributions: explanation.contributions.map((one) => ({
      ...one,
      parts: one.parts.map((part) => ({ ...part, label })),
    })),
    influence: explanation.influence.map((one) => ({ ...one, kind: 'genre', label })),
  }));

export const driftIssue: DriftIssueInput = {
  dataset: 'ratings',
  modelVersion: 12,
  check: driftCheck,
  checkedAt: new Date('2026-03-07T09:30:00Z'),
  bufferRatings: 40_000,
  history: [
    { checkedAt: new Date('2026-02-21T09:30:00Z'), effects: { user_mean_shift: -0.02 } },
    { checkedAt: new Date('2026-02-28T09:30:00Z'), effects: { user_mean_shift: 0.06, rating_mean: 0.01 } },
  ],
  stage: 'training',
  decision: {
    decision: 'retrain',
    reasons: ['1 alert in the last 168 h (needs 1)', 'buffer holds 40,000 ratings (needs 40,000)'],
  },
  batchIds: [3, 4, 5, 7],
  movieTitle: (id) => (id === 260 ? 'Star Wars: Episode IV - A New Hope' : `Movie ${id}`),
  configDigest: '5a1c0e9b77d2',
  actions: ['`cinematch train --reason drift` trains at once', '`cinematch status` shows where things stand'],
  confidence: 0.99,
};

const metrics: SegmentMetrics = {
  ...metricsBy(METRIC_NAMES, () => null),
  rmse: 0.858,
  mae: 0.6612,
  precisionAt10: 0.0814,
  recallAt10: 0.0633,
  ndcgAt10: 0.0921,
  coverage: 0.312,
  ratings: 8_000,
  rankedUsers: 122,
  novelty: 3.214,
  popularityLift: 0.621,
  calibration: 0.7941,
  meanDeviation: 0.8533,
  intervals: 7_980,
  ...EVERYONE_RANKED,
};

export const challenger: Evaluation = {
  ...metrics,
  warm: { ...metrics, rmse: 0.8412, ratings: 6_500, rankedUsers: 90 },
  cold: {
    ...metrics,
    rmse: 0.9277,
    precisionAt10: 0.0512,
    ratings: 1_500,
    rankedUsers: 32,
    popularityLift: null,
    intervals: 1_480,
  },
  strategies: {
    personalised: 6_400,
    'folded-in': 0,
    genres: 0,
    'movie-mean': 1_480,
    'user-mean': 100,
    'global-mean': 20,
  },
};

const champion: Evaluation = {
  ...challenger,
  rmse: 0.871,
  mae: 0.6705,
  precisionAt10: 0.0809,
  coverage: 0.292,
  warm: { ...challenger.warm, rmse: 0.8566 },
};

const baseline = (algorithm: string, measured: Partial<SegmentMetrics>): BaselineEvaluation => ({
  algorithm,
  evaluation: { ...challenger, calibration: null, meanDeviation: null, intervals: 0, ...measured },
});

export const baselines: readonly BaselineEvaluation[] = [
  baseline('bias', { rmse: 0.8904, mae: 0.6893, precisionAt10: 0.0203, ndcgAt10: 0.0245, coverage: 0.013 }),
  baseline('popularity', {
    rmse: 0.9551,
    mae: 0.7466,
    precisionAt10: 0.0839,
    ndcgAt10: 0.0917,
    coverage: 0.041,
  }),
];

export const gate: GateDecision = {
  outcome: 'promote',
  reason: 'drift',
  rules: [
    {
      metric: 'rmse',
      champion: 0.871,
      challenger: 0.858,
      difference: -0.013,
      interval: [-0.0188, -0.0071],
      bar: { kind: 'relative', tolerance: 0.002 },
      passed: true,
    },
    {
      metric: 'precisionAt10',
      champion: 0.0809,
      challenger: 0.0814,
      difference: 0.0005,
      interval: [-0.0031, 0.0042],
      bar: { kind: 'absolute', tolerance: 0.01 },
      passed: true,
    },
  ],
  champion,
  challenger,
  holdout: { ratings: 8_000, users: 130, from: 1_772_300_000, to: 1_772_870_000 },
  confidence: 0.95,
  resamples: 1000,
  seed: 1,
};

const digest = (digit: string): string => digit.repeat(64);

export const manifest: Manifest = {
  schema: 1,
  version: 13,
  algorithm: 'vb-mf',
  hyperParameters: { factors: 16, sweeps: 20 },
  seed: 1,
  trainedAt: '2026-03-07T09:31:12.000Z',
  fitSeconds: 1.84,
  reason: 'drift',
  parent: 12,
  snapshot: {
    sha256: digest('a'),
    ratings: 130_000,
    users: 940,
    movies: 3_010,
    from: 1_700_000_000,
    to: 1_772_300_000,
    batches: [1, 2, 3, 4, 5, 7],
    split: 'ratings from 2026-02-28T17:33:20.000Z on (the newest 20%) of the buffer',
  },
  metrics: { ...metrics },
  files: {
    'model.safetensors': { bytes: 1_043_208, sha256: digest('b') },
    'metrics.json': { bytes: 2_210, sha256: digest('c') },
  },
};
