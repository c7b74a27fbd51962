import type { Metric } from './metric.ts';
import { calibration } from './metrics/calibration.ts';
import { coverage } from './metrics/coverage.ts';
import { mae } from './metrics/mae.ts';
import { meanDeviation } from './metrics/mean-deviation.ts';
import { ndcgAt } from './metrics/ndcg.ts';
import { novelty } from './metrics/novelty.ts';
import { popularityLift } from './metrics/popularity-lift.ts';
import { precisionAt } from './metrics/precision.ts';
import { recall } from './metrics/recall.ts';
import { rmse } from './metrics/rmse.ts';

/** Places of a list. The metrics carry it in their names. */
export const PLACES = 10;

/**
 * Every metric of an evaluation, in the order they are shown. A key is the name under which the metric is stored in
 * databases and files, so it never changes. All types, schemas, stored names and tables come from here.
 */
export const METRICS = {
  rmse: {
    label: 'RMSE',
    unit: 'stars',
    better: 'lower',
    format: 'number',
    compared: true,
    brief: true,
    formula: rmse,
  },
  mae: {
    label: 'MAE',
    unit: 'stars',
    better: 'lower',
    format: 'number',
    compared: true,
    brief: true,
    formula: mae,
  },
  precisionAt10: {
    label: 'Precision@10',
    better: 'higher',
    format: 'number',
    compared: true,
    brief: true,
    formula: { over: 'lists', each: (list) => precisionAt(PLACES, list) },
  },
  recallAt10: {
    label: 'Recall@10',
    better: 'higher',
    format: 'number',
    compared: true,
    formula: { over: 'lists', each: recall },
  },
  ndcgAt10: {
    label: 'NDCG@10',
    better: 'higher',
    format: 'number',
    compared: true,
    brief: true,
    formula: { over: 'lists', each: (list) => ndcgAt(PLACES, list) },
  },
  coverage: {
    label: 'Coverage',
    of: 'the catalogue',
    better: null,
    format: 'share',
    compared: true,
    formula: { over: 'answers', compute: ({ candidates, lists }) => coverage(candidates, lists) },
  },
  novelty: {
    label: 'Novelty',
    better: null,
    format: 'bits',
    compared: false,
    formula: { over: 'answers', compute: ({ lists, popularity }) => novelty(lists, popularity) },
  },
  popularityLift: {
    label: 'Popularity lift',
    better: null,
    format: 'change',
    compared: false,
    formula: { over: 'answers', compute: ({ lists, popularity }) => popularityLift(lists, popularity) },
  },
  calibration: {
    label: 'Inside the 80% interval',
    better: null,
    format: 'share',
    compared: false,
    formula: { over: 'answers', compute: ({ errors, deviations }) => calibration(errors, deviations) },
  },
  meanDeviation: {
    label: 'Predictive deviation',
    better: null,
    format: 'stars',
    compared: false,
    formula: { over: 'answers', compute: ({ deviations }) => meanDeviation(deviations) },
  },
} as const satisfies Readonly<Record<string, Metric>>;
