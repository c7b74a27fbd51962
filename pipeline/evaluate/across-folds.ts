import { mean, sampleStandardDeviation } from 'simple-statistics';

/** A metric over the folds of a cross-validation. */
export interface AcrossFolds {
  /** Mean over the folds where the metric is defined; null when there are none. */
  readonly mean: number | null;
  /** Sample standard deviation over the same folds, divisor n − 1; null for fewer than two. */
  readonly standardDeviation: number | null;
}

/**
 * Computes the mean and standard deviation of a metric over folds. The folds share most of their training data, so the
 * deviation describes how much folds differ. It is not a standard error of the mean.
 *
 * Bengio & Grandvalet, No Unbiased Estimator of the Variance of K-Fold Cross-Validation, JMLR 5 (2004).
 *
 * @param values one for each fold, null where the metric is undefined.
 */
export function acrossFolds(values: readonly (number | null)[]): AcrossFolds {
  const defined = values.filter((value) => value !== null);
  return {
    mean: defined.length === 0 ? null : mean(defined),
    standardDeviation: defined.length < 2 ? null : sampleStandardDeviation(defined),
  };
}

/** The difference of a metric between two algorithms on the same folds. */
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
