import type { Popularity } from './popularity.ts';
import type { RankedList } from './ranked-list.ts';

/** The results of a model on held-out ratings, for all users or some. */
export interface ModelResults {
  /** Predicted minus actual rating for every held-out rating, stars. */
  readonly errors: Float64Array;
  /** One list for each ranked user, by ascending user id. */
  readonly lists: readonly RankedList[];
  /** Number of movies in the catalogue of candidates. */
  readonly candidates: number;
}

/** Results with data that the scores of another checkout do not have. */
export interface DetailedResults extends ModelResults {
  /** Standard deviation of every prediction, stars; NaN where the model gives none. */
  readonly deviations: Float64Array;
  readonly popularity: Popularity;
}

/** A function of the mean over held-out ratings of a function of the error. */
export interface ErrorFormula {
  readonly over: 'errors';
  readonly each: (error: number) => number;
  /** Computes the metric from the mean. */
  readonly finish: (mean: number) => number;
}

/** The mean over ranked users of a function of the list. */
export interface ListFormula {
  readonly over: 'lists';
  readonly each: (list: RankedList) => number;
}

/** Any other formula. It is not a mean over users, so the difference of two models has no bootstrap interval. */
interface ResultsFormula<R extends ModelResults> {
  readonly over: 'results';
  readonly compute: (results: R) => number | null;
}

/** How a metric is computed. */
export type Formula<R extends ModelResults> = ErrorFormula | ListFormula | ResultsFormula<R>;

interface Description {
  /** Display name. */
  readonly label: string;
  /** Unit of a plain number, shown beside the label. */
  readonly unit?: string;
  /** The whole that a share refers to, shown in longer tables. */
  readonly of?: string;
  /** Which values are better; null for a metric that only describes. */
  readonly better: 'lower' | 'higher' | null;
  /**
   * How a value is displayed: a number with four decimals, a share as a percentage, bits, a relative change, or stars.
   */
  readonly format: 'number' | 'share' | 'bits' | 'change' | 'stars';
  /** Whether it also appears in short tables. */
  readonly brief?: true;
}

/** A metric that models are compared by (its values lie between −10 and 10), or one that is only reported. */
export type Metric = Description &
  (
    | { readonly compared: true; readonly formula: Formula<ModelResults> }
    | { readonly compared: false; readonly formula: Formula<DetailedResults> }
  );

/** Computes a metric; null when the results do not define it. */
export function measure<R extends ModelResults>(formula: Formula<R>, results: R): number | null {
  switch (formula.over) {
    case 'errors': {
      const mean = meanOf(results.errors, formula.each);
      return mean === null ? null : formula.finish(mean);
    }
    case 'lists':
      return meanOf(results.lists, formula.each);
    case 'results':
      return formula.compute(results);
  }
}

function meanOf<T>(
  values: Iterable<T> & { readonly length: number },
  each: (value: T) => number,
): number | null {
  if (values.length === 0) return null;
  let sum = 0;
  for (const value of values) sum += each(value);
  return sum / values.length;
}
