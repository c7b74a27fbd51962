import { rowsOf, vocabularyOf } from '../ratings/vocabulary.ts';
import { bootstrapInterval } from './bootstrap.ts';
import type { ComparedMetrics } from './evaluation.ts';
import type { ErrorFormula, Formula, ListFormula, ModelResults } from './metric.ts';
import { METRICS } from './metric-catalogue.ts';
import type { ComparedMetric } from './metric-names.ts';
import type { RankedList } from './ranked-list.ts';

/** The results of a model on a holdout, and its metrics. */
export interface MeasuredResults extends Pick<ModelResults, 'errors' | 'lists'> {
  readonly evaluation: ComparedMetrics;
}

/** The results of two models on the same ratings in the same order, with lists for the same users. */
export interface PairedResults {
  readonly before: MeasuredResults;
  readonly after: MeasuredResults;
  /** The user of every held-out rating. */
  readonly userIds: Int32Array;
  readonly bootstrap: { readonly confidence: number; readonly resamples: number; readonly seed: number };
}

/** A metric of both models; null where it is undefined. */
export interface PairedDifference {
  readonly before: number | null;
  readonly after: number | null;
  /** After minus before. */
  readonly difference: number | null;
  /** Paired bootstrap interval of the difference; null for a metric that is not a mean over users. */
  readonly interval: readonly [number, number] | null;
}

/** The difference of a metric between two models, with its bootstrap interval over users. */
export function pairedDifference(metric: ComparedMetric, pair: PairedResults): PairedDifference {
  const before = pair.before.evaluation[metric];
  const after = pair.after.evaluation[metric];
  if (before === null || after === null) return { before, after, difference: null, interval: null };
  return { before, after, difference: after - before, interval: intervalOf(metric, pair) };
}

function intervalOf(metric: ComparedMetric, pair: PairedResults): PairedDifference['interval'] {
  const formula: Formula<ModelResults> = METRICS[metric].formula;
  switch (formula.over) {
    case 'errors':
      return errorInterval(pair, formula);
    case 'lists':
      return listInterval(pair, formula);
    case 'results':
      return null;
  }
}

function errorInterval(
  { before, after, userIds, bootstrap }: PairedResults,
  { each, finish }: ErrorFormula,
): readonly [number, number] {
  const users = vocabularyOf(userIds);
  const rows = rowsOf(users, userIds);
  const sumsOf = (of: (rating: number) => number): Float64Array => {
    const sums = new Float64Array(users.size);
    rows.forEach((user, rating) => {
      sums[user] = (sums[user] as number) + of(rating);
    });
    return sums;
  };
  const counts = sumsOf(() => 1);
  const old = sumsOf((rating) => each(before.errors[rating] as number));
  const now = sumsOf((rating) => each(after.errors[rating] as number));
  return bootstrapInterval(
    users.size,
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
  { before, after, bootstrap }: PairedResults,
  { each }: ListFormula,
): readonly [number, number] {
  const differences = after.lists.map((list, user) => each(list) - each(before.lists[user] as RankedList));
  return bootstrapInterval(
    differences.length,
    (sample) => sample.reduce((sum, user) => sum + (differences[user] as number), 0) / sample.length,
    bootstrap,
  );
}
