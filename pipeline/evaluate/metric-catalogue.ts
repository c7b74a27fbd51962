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

/** Length of a recommendation list. It is part of the metric names. */
export const LIST_LENGTH = 10;

/**
 * All metrics of an evaluation, in display order. A key is the stored name of the metric in databases and files, so it
 * never changes. Types, schemas, stored names and tables are derived from this list.
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
    formula: { over: 'lists', each: (list) => precisionAt(LIST_LENGTH, list) },
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
    formula: { over: 'lists', each: (list) => ndcgAt(LIST_LENGTH, list) },
  },
  coverage: {
    label: 'Coverage',
    of: 'the catalogue',
    better: null,
    format: 'share',
    compared: true,
    formula: { over: 'results', compute: ({ candidates, lists }) => coverage(candidates, lists) },
  },
  novelty: {
    label: 'Novelty',
    better: null,
    format: 'bits',
    compared: false,
    formula: { over: 'results', compute: ({ lists, popularity }) => novelty(lists, popularity) },
  },
  popularityLift: {
    label: 'Popularity lift',
    better: null,
    format: 'change',
    compared: false,
    formula: { over: 'results', compute: ({ lists, popularity }) => popularityLift(lists, popularity) },
  },
  calibration: {
    label: 'Inside the 80% interval',
    better: null,
    format: 'share',
    compared: false,
    formula: { over: 'results', compute: ({ errors, deviations }) => calibration(errors, deviations) },
  },
  meanDeviation: {
    label: 'Predictive deviation',
    better: null,
    format: 'stars',
    compared: false,
    formula: { over: 'results', compute: ({ deviations }) => meanDeviation(deviations) },
  },
} as const satisfies Readonly<Record<string, Metric>>;
