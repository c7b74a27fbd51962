import { mean, sampleStandardDeviation } from 'simple-statistics';

/** A metric over the folds of a cross-validation. */
export interface AcrossFolds {
  /** Over the folds that define it; null when none does. */
  readonly mean: number | null;
  /** Sample standard deviation over the same folds, divisor n − 1; null for fewer than two. */
  readonly standardDeviation: number | null;
}

/**
 * Mean and standard deviation of a metric over folds. The folds share most of their training data, so the
 * deviation says how much folds differ, and is no standard error of the mean.
 *
 * Bengio & Grandvalet, No Unbiased Estimator of the Variance of K-Fold Cross-Validation, JMLR 5 (2004).
 *
 * @param values one a fold, null where nothing in the fold defines the metric.
 */
export function acrossFolds(values: readonly (number | null)[]): AcrossFolds {
  const defined = values.filter((value) => value !== null);
  return {
    mean: defined.length === 0 ? null : mean(defined),
    standardDeviation: defined.length < 2 ? null : sampleStandardDeviation(defined),
  };
}

/** How a metric of one algorithm exceeds that of another, fold by fold: the folds are the same for both. */
export function pairedAcrossFolds(
  values: readonly (number | null)[],
  others: readonly (number | null)[],
): AcrossFolds {
  return acrossFolds(
    values.map((value, fold) => {
      const other = others[fold] ?? null;
      return value === null || other === null ? null : value - other;
    }),
  );
}
