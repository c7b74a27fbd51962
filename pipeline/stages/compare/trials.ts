import { type ComparedMetric, type JudgedMetric, lowerIsBetter } from '../../evaluate/metric-names.ts';

/** One trial of a search for hyper-parameters. */
export interface Trial {
  /** 0 for the defaults. */
  readonly trial: number;
  /** On the validation ratings. */
  readonly metrics: Readonly<Record<ComparedMetric, number | null>>;
}

/** The trials of a search, ranked by one metric. */
export interface TrialRanking<T extends Trial> {
  /** Best first; ties by number, trials without the metric last. */
  readonly trials: readonly (T & {
    /** Difference of the metric from the defaults; null where either has none. */
    readonly difference: number | null;
  })[];
  /** Trial 0, or null when it has not run. */
  readonly defaults: T | null;
  /** The best trial, or null when none is better than the defaults or there are none to compare with. */
  readonly best: T | null;
  /** Missing numbers below the largest, ascending. */
  readonly missing: readonly number[];
}

/** Whether one value of a metric is better than the other. Any value is better than null. */
export function isBetter(metric: JudgedMetric, one: number | null, other: number | null): boolean {
  if (one === null || other === null) return one !== null && other === null;
  return lowerIsBetter(metric) ? one < other : one > other;
}

/** Orders trials by a metric and compares each with trial 0, the defaults. */
export function rankTrials<T extends Trial>(trials: readonly T[], metric: JudgedMetric): TrialRanking<T> {
  const figureOf = (trial: Trial | null): number | null => trial?.metrics[metric] ?? null;
  const ranked = trials.toSorted((a, b) => {
    if (isBetter(metric, figureOf(a), figureOf(b))) return -1;
    return isBetter(metric, figureOf(b), figureOf(a)) ? 1 : a.trial - b.trial;
  });
  const defaults = trials.find(({ trial }) => trial === 0) ?? null;
  const bar = figureOf(defaults);
  const first = ranked[0] ?? null;
  const numbers = new Set(trials.map(({ trial }) => trial));
  return {
    trials: ranked.map((trial) => {
      const value = figureOf(trial);
      return { ...trial, difference: value === null || bar === null ? null : value - bar };
    }),
    defaults,
    best: defaults !== null && isBetter(metric, figureOf(first), bar) ? first : null,
    missing: Array.from({ length: Math.max(0, ...numbers) }, (_, number) => number).filter(
      (number) => !numbers.has(number),
    ),
  };
}
