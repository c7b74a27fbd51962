import { bootstrapInterval } from './bootstrap.ts';
import { summariseErrors } from './errors.ts';
import type { MetricName, Metrics } from './evaluation.ts';
import { ndcgAt } from './metrics/ndcg.ts';
import { precisionAt } from './metrics/precision.ts';
import { recall } from './metrics/recall.ts';
import type { RankedList } from './ranked-list.ts';

/** What a model answered to a holdout, and the metrics that come of it. */
export interface Answers {
  readonly evaluation: Metrics;
  /** Predicted minus given for every held-out rating, stars. */
  readonly errors: Float64Array;
  /** One list for each ranked user, users ascending. */
  readonly lists: readonly RankedList[];
}

/** Two models' answers to one task: the same ratings in the same order, lists for the same users. */
export interface PairedAnswers {
  readonly before: Answers;
  readonly after: Answers;
  /** The user of every held-out rating. */
  readonly userIds: Int32Array;
  readonly bootstrap: { readonly confidence: number; readonly resamples: number; readonly seed: number };
}

/** A metric of both, null where nothing defines it. */
export interface PairedDifference {
  readonly before: number | null;
  readonly after: number | null;
  /** After minus before. */
  readonly difference: number | null;
  /** Paired bootstrap interval of the difference; null for coverage, which is no average over users. */
  readonly interval: readonly [number, number] | null;
}

/** How a metric differs between two models, with the interval that the choice of users leaves. */
export function pairedDifference(metric: MetricName, pair: PairedAnswers): PairedDifference {
  const before = pair.before.evaluation[metric];
  const after = pair.after.evaluation[metric];
  if (before === null || after === null) return { before, after, difference: null, interval: null };
  return { before, after, difference: after - before, interval: intervalOf(metric, pair) };
}

function intervalOf(metric: MetricName, pair: PairedAnswers): PairedDifference['interval'] {
  switch (metric) {
    case 'rmse':
      return errorInterval(pair, 'squaredErrors', Math.sqrt);
    case 'mae':
      return errorInterval(pair, 'absoluteErrors', (mean) => mean);
    case 'precisionAt10':
      return listInterval(pair, (list) => precisionAt(10, list));
    case 'recallAt10':
      return listInterval(pair, recall);
    case 'ndcgAt10':
      return listInterval(pair, (list) => ndcgAt(10, list));
    case 'coverage':
      return null;
  }
}

/** @param finish makes the metric of the mean error of a sample. */
function errorInterval(
  { before, after, userIds, bootstrap }: PairedAnswers,
  kind: 'squaredErrors' | 'absoluteErrors',
  finish: (mean: number) => number,
): readonly [number, number] {
  const ratings = { length: userIds.length, userIds };
  const { [kind]: old } = summariseErrors(ratings, before.errors);
  const { [kind]: now, counts } = summariseErrors(ratings, after.errors);
  return bootstrapInterval(
    counts.length,
    (sample) => {
      let count = 0;
      let oldSum = 0;
      let newSum = 0;
      for (const user of sample) {
        count += counts[user] as number;
        oldSum += old[user] as number;
        newSum += now[user] as number;
      }
      return finish(newSum / count) - finish(oldSum / count);
    },
    bootstrap,
  );
}

function listInterval(
  { before, after, bootstrap }: PairedAnswers,
  metric: (list: RankedList) => number,
): readonly [number, number] {
  const differences = after.lists.map(
    (list, user) => metric(list) - metric(before.lists[user] as RankedList),
  );
  return bootstrapInterval(
    differences.length,
    (sample) => sample.reduce((sum, user) => sum + (differences[user] as number), 0) / sample.length,
    bootstrap,
  );
}
