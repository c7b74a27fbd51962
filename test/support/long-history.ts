import { DRIFT_SIGNALS } from '../../pipeline/drift/signals/list.ts';
import { METRIC_NAMES } from '../../pipeline/evaluate/metric-names.ts';
import type {
  PastBatch,
  PastCheck,
  PastModel,
  PipelineHistory,
} from '../../pipeline/history/pipeline-history.ts';
import { seededRandom } from '../../pipeline/lib/random.ts';
import { NO_HISTORY } from './pipeline-history.ts';

/** A text that would run as a script, or end its element, if it were taken as HTML. */
export const HOSTILE = `</script><img src=x onerror="document.title='owned'">'"&`;

const DAY = 86_400_000;

interface Sizes {
  readonly checks: number;
  readonly batches: number;
  readonly models: number;
}

/** @param sizes by default a year of daily checks, 60 batches and 500 models. */
export function longHistory(sizes: Sizes = { checks: 365, batches: 60, models: 500 }): PipelineHistory {
  const random = seededRandom(7);
  const end = Date.parse('2026-03-04T06:00:00Z');
  const at = (days: number): string => new Date(end - days * DAY).toISOString();
  const batches = Array.from({ length: sizes.batches }, (_, index): PastBatch => {
    const rows = 18_000 + Math.floor(4_000 * random());
    const rejected = index % 9 === 4 ? 37 : 0;
    return {
      batchId: index + 1,
      source: index === 3 ? HOSTILE : `week-${String(index + 1).padStart(2, '0')}.csv`,
      role: index < 2 ? 'train' : index > sizes.batches - 3 ? 'buffer' : 'baseline',
      read: rows + 300 + rejected,
      new: rows - 500,
      updated: 500,
      unchanged: 300,
      rejected,
      at: at(7 * (sizes.batches - index - 1)),
      durationMs: 800 + Math.floor(900 * random()),
      quarantined: index === 5,
      quality:
        index === 5
          ? [
              {
                kind: 'rating-step',
                severity: 'warning',
                seen: HOSTILE,
                expected: 'halves',
                remedy: 'Look at it.',
              },
            ]
          : [],
    };
  });
  const metrics = (drop: number): PastModel['manifest']['metrics'] => ({
    ...Object.fromEntries(METRIC_NAMES.map((name) => [name, 0.2 + 0.01 * random()])),
    rmse: 0.9 - drop,
    mae: 0.7 - drop,
    precisionAt10: 0.2 + drop,
    ratings: 4_000,
  });
  const models = Array.from({ length: sizes.models }, (_, index): PastModel => {
    const version = index + 1;
    const isNewest = version === sizes.models;
    const isRefused = version % 7 === 3 && !isNewest;
    const days = Math.floor((420 * (sizes.models - version)) / Math.max(1, sizes.models));
    return {
      version,
      status: isNewest ? 'champion' : isRefused ? 'refused' : 'retired',
      promotedAt: isRefused ? null : at(days),
      bytes: 1_300_000 + 800 * index,
      manifest: {
        algorithm: 'vb-mf+ials',
        hyperParameters: {
          'vb-mf.factors': 16,
          'ials.factors': version % 2 === 0 ? 32 : 24,
          ratingWeight: 0.05,
        },
        seed: 1,
        trainedAt: at(days),
        fitSeconds: 8 + 4 * random(),
        reason: version === 1 ? 'first-model' : version % 3 === 0 ? 'drift' : 'gain',
        because: [HOSTILE, 'retraining is expected to make RMSE 0.9% better'],
        parent: version === 1 ? null : version - 1,
        metrics: metrics(0.0001 * index),
        run: { commit: '5a1c0e9'.padEnd(40, '0'), url: 'https://github.com/octo/films/actions/runs/812' },
        snapshot: {
          sha256: 'ab'.repeat(32),
          ratings: 140_000 + 300 * index,
          users: 2_000,
          movies: 1_700,
          from: 1_700_000_000,
          to: 1_772_000_000,
          batches: batches
            .slice(0, Math.max(2, Math.floor((sizes.batches * version) / sizes.models)))
            .map((b) => b.batchId),
          split: 'the newest fifth held out',
        },
      },
      gate:
        version === 1
          ? null
          : {
              at: at(days),
              outcome: isRefused ? 'refuse' : 'promote',
              champion: version - 1,
              rules: [
                {
                  metric: 'rmse',
                  champion: 0.9,
                  challenger: isRefused ? 0.93 : 0.88,
                  difference: isRefused ? 0.03 : -0.02,
                  interval: isRefused ? [0.02, 0.04] : [-0.03, -0.01],
                  bar: { kind: 'no-worse', tolerance: 0.01 },
                  passed: !isRefused,
                },
              ],
              ratings: 4_000,
              users: 328,
              confidence: 0.95,
            },
    };
  });
  const checks = Array.from({ length: sizes.checks }, (_, index): PastCheck => {
    const days = sizes.checks - index - 1;
    const batch = batches.findLast((one) => one.at <= at(days)) ?? (batches[0] as PastBatch);
    const isDrift = batch.batchId % 8 === 6;
    return checkOn(
      index + 1,
      at(days),
      batch.batchId,
      Math.max(1, sizes.models - Math.floor(days / 10)),
      isDrift,
      random,
    );
  });
  return {
    schema: 1,
    ...NO_HISTORY,
    models,
    checks,
    batches,
    gains: batches.slice(2).flatMap(({ batchId }) =>
      (['measured', 'curve', 'realised'] as const)
        .filter((kind) => kind !== 'realised' || batchId % 4 === 0)
        .map((kind) => {
          const gain = 0.004 + 0.02 * random();
          const rmse = {
            before: 0.9,
            after: 0.9 * (1 - gain),
            gain,
            interval: [gain - 0.004, gain + 0.004] as const,
          };
          return { kind, modelVersion: 1, batchId, rmse, ndcgAt10: null };
        }),
    ),
    trainings: [],
    alerts: [],
    size: {
      bytes: 204_000_000,
      limitBytes: 536_870_912,
      tables: [{ name: 'packed_histories', bytes: 150_000_000 }],
      ratings: { plain: 40_000, packed: 31_000_000 },
    },
    facts: {
      dataset: 'ratings',
      repository: 'https://github.com/octo/films',
      minGain: 0.005,
      neededRatings: 2_001,
      confidence: 0.99,
      limitMegabytes: 512,
      issue: {
        number: 41,
        title: `Drift: ratings — ${HOSTILE}`,
        location: 'https://github.com/octo/films/issues/41',
        stage: 'training',
      },
      deployments: [],
    },
  };
}

function checkOn(
  checkId: number,
  at: string,
  newestBatchId: number,
  modelVersion: number,
  isDrift: boolean,
  random: () => number,
): PastCheck {
  const level = (shift: number): number[] =>
    Array.from({ length: 10 }, (_, half) => 200 + 90 * half + shift * half);
  const size = (shift: number) => ({
    ratings: level(shift).reduce((a, b) => a + b),
    users: 400,
    movies: 900,
    levels: level(shift),
  });
  const signals = DRIFT_SIGNALS.flatMap((signal) =>
    (['newest', 'buffer'] as const).map((window) => {
      const threshold = signal.thresholds.robust;
      const effect = threshold * ((isDrift && signal.name === 'rating_mean' ? 1.8 : 0.1) + 0.3 * random());
      return {
        name: signal.name,
        window,
        value: 3.6,
        reference: 3.5,
        effect,
        interval: [effect - 0.3 * threshold, effect + 0.3 * threshold] as const,
        threshold,
        verdict: effect > threshold ? ('drift' as const) : ('ok' as const),
        pValue: 0.01,
        note: '',
        evidence: null,
        paired: null,
      };
    }),
  );
  const genre = (label: string, share: number) => ({
    kind: 'genre' as const,
    label,
    referenceShare: share,
    windowShare: share + 0.02,
    windowMean: 3.5,
  });
  const part = (label: string, contribution: number) => ({
    label,
    referenceShare: 0.2,
    windowShare: 0.3,
    before: 3.4,
    now: 3.7,
    contribution,
  });
  return {
    checkId,
    at,
    modelVersion,
    preset: 'robust',
    verdict: isDrift ? 'drift' : 'ok',
    newestBatchId,
    bufferRatings: 20_001,
    signals,
    reference: size(0),
    windows: [{ name: 'newest', ...size(isDrift ? 30 : 3) }],
    contributors: [genre('Comedy', 0.34), genre(HOSTILE, 0.2), genre('Horror', 0.1)],
    explanations: isDrift
      ? [
          {
            signal: 'rating_mean',
            window: 'newest',
            contributions: [
              {
                partition: 'genre',
                total: 0.3,
                parts: [part('Drama', 0.2), part(HOSTILE, 0.06), part('all others', 0.04)],
              },
              { partition: 'movie', total: 0.3, parts: [part('7', 0.1), part('all others', 0.2)] },
            ],
            influence: [{ kind: 'genre', label: 'Drama', ratings: 900, share: 0.45, effectWithout: 0.01 }],
          },
        ]
      : [],
    findings: isDrift
      ? [
          {
            kind: 'user-flood',
            of: 'user',
            who: [],
            count: 1,
            ratings: 2_300,
            share: 0.11,
            text: `one user gave 11% of the ratings`,
            remains: null,
          },
        ]
      : [],
    quality: [],
    decision: { decision: isDrift ? 'retrain' : 'wait', reasons: [HOSTILE] },
  };
}
