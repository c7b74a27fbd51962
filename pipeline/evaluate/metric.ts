import type { Popularity } from './popularity.ts';
import type { RankedList } from './ranked-list.ts';

/** What a model answered to held-out ratings, those of all users or of some. */
export interface Answers {
  /** Predicted minus given for every held-out rating, stars. */
  readonly errors: Float64Array;
  /** One list for each ranked user, users ascending. */
  readonly lists: readonly RankedList[];
  /** Size of the catalogue that the lists were drawn from. */
  readonly candidates: number;
}

/** Answers with what only an evaluation knows: scores of another checkout come without it. */
export interface DetailedAnswers extends Answers {
  /** Predictive standard deviation of every prediction, stars; NaN where the model cannot say. */
  readonly deviations: Float64Array;
  readonly popularity: Popularity;
}

/** The mean over held-out ratings of a function of the error. */
export interface ErrorFormula {
  readonly over: 'errors';
  readonly each: (error: number) => number;
  /** Makes the metric of the mean. */
  readonly finish: (mean: number) => number;
}

/** The mean over ranked users of a function of the list. */
export interface ListFormula {
  readonly over: 'lists';
  readonly each: (list: RankedList) => number;
}

/** Anything else. It is no mean over users, so a difference of two models has no interval. */
interface AnswersFormula<A extends Answers> {
  readonly over: 'answers';
  readonly compute: (answers: A) => number | null;
}

/** How a metric is computed. */
export type Formula<A extends Answers> = ErrorFormula | ListFormula | AnswersFormula<A>;

interface Description {
  /** How people read it. */
  readonly label: string;
  /** The unit of a plain number, named beside the label. */
  readonly unit?: string;
  /** What a share is a share of, named where there is room for it. */
  readonly of?: string;
  /** Which values are better; null for a metric that only describes. */
  readonly better: 'lower' | 'higher' | null;
  /**
   * How a value is written: a number with four decimals, a share as a percentage, bits of information, a relative
   * change, or stars.
   */
  readonly format: 'number' | 'share' | 'bits' | 'change' | 'stars';
  /** Whether it also stands in tables that have room for few metrics. */
  readonly brief?: true;
}

/** A metric that models are compared by (its values lie between −10 and 10), or one that is only reported. */
export type Metric = Description &
  (
    | { readonly compared: true; readonly formula: Formula<Answers> }
    | { readonly compared: false; readonly formula: Formula<DetailedAnswers> }
  );

/** A metric of some answers; null when nothing in them defines it. */
export function measure<A extends Answers>(formula: Formula<A>, answers: A): number | null {
  switch (formula.over) {
    case 'errors': {
      const mean = meanOf(answers.errors, formula.each);
      return mean === null ? null : formula.finish(mean);
    }
    case 'lists':
      return meanOf(answers.lists, formula.each);
    case 'answers':
      return formula.compute(answers);
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
