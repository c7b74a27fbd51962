import { selectWhere } from '../math/select-where.ts';
import type { RawRatings } from './raw.ts';

/** What the values of a source probably are, when many of them cannot be used. */
export type Suspicion =
  /** Ratings above 5, or from 0 to 1. `scale` is what to state if it is right. */
  | {
      readonly kind: 'scale';
      readonly scale: string;
      readonly ratings: number;
      readonly above: number;
      readonly smallest: number;
      readonly largest: number;
    }
  /** Only two values, such as 0 and 1. */
  | { readonly kind: 'thumbs'; readonly scale: string; readonly values: readonly [string, string] }
  /** Ratings between half stars. */
  | {
      readonly kind: 'finer-steps';
      readonly scale: string;
      readonly ratings: number;
      readonly example: number;
    }
  /** Zeros among stars. They may be ratings, or mean that there is none. */
  | { readonly kind: 'zeros'; readonly scale: string; readonly ratings: number }
  | { readonly kind: 'future-times'; readonly rows: number }
  | { readonly kind: 'early-times'; readonly rows: number };

const STARS = 5;
/** Usual scales end here. */
const ENDS = [10, 20, 50, 100];
/** Ratings above the highest value may be typing errors; so many of them are not looked at for it. */
const OUTLIERS = 0.01;

/** The ratings of a source as they are written, damaged ones included. */
export interface RatingValues {
  /** Numbers among them. */
  readonly numbers: number;
  /** Values above the highest rating, 5. */
  readonly above: number;
  readonly smallest: number;
  /** The largest value, and the one that all but the largest 1% of the values are at most. */
  readonly largest: number;
  readonly highest: number;
  readonly zeros: number;
  /** Values inside of the scale that are no half stars, and one of them. */
  readonly offStep: number;
  readonly offStepExample: number | null;
}

export function ratingValues({ stars }: Pick<RawRatings, 'stars'>): RatingValues {
  let [numbers, above, zeros, offStep] = [0, 0, 0, 0];
  let [smallest, largest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  let offStepExample: number | null = null;
  // Most values are half stars, which are only counted here.
  const halfStars = new Float64Array(2 * STARS + 1);
  for (let row = 0; row < stars.length; row++) {
    const value = stars[row] as number;
    const halves = 2 * value;
    if (halves >= 1 && halves <= 2 * STARS && halves === Math.trunc(halves)) {
      halfStars[halves] = (halfStars[halves] as number) + 1;
      continue;
    }
    if (Number.isNaN(value)) continue;
    numbers++;
    if (value > largest) largest = value;
    if (value < smallest) smallest = value;
    if (value === 0) zeros++;
    if (value > STARS) above++;
    else if (value > 0 && !Number.isInteger(2 * value)) {
      offStep++;
      offStepExample ??= value;
    }
  }
  for (const [halves, count] of halfStars.entries()) {
    if (count === 0) continue;
    numbers += count;
    smallest = Math.min(smallest, halves / 2);
    largest = Math.max(largest, halves / 2);
  }
  const highest = above === 0 ? largest : highestOf(stars);
  return { numbers, above, smallest, largest, highest, zeros, offStep, offStepExample };
}

function highestOf(stars: Float64Array): number {
  const sorted = selectWhere(stars, (row) => Number.isFinite(stars[row])).sort();
  return sorted[Math.max(0, Math.ceil((1 - OUTLIERS) * sorted.length) - 1)] as number;
}

/** The end of the usual scale that ratings above 5 are on. */
export const scaleEnd = ({ highest, largest }: Pick<RatingValues, 'highest' | 'largest'>): number =>
  ENDS.find((value) => value >= highest) ?? largest;

/**
 * What the ratings of a source probably are, when they are not stars. Nothing is decided here: a person states the scale.
 */
export function suspectScale(values: RatingValues, stars: Float64Array): Suspicion | null {
  const { numbers, above, smallest, largest, zeros, offStep, offStepExample } = values;
  if (numbers === 0) return null;
  const range = (low: number, high: number): Suspicion => ({
    kind: 'scale',
    scale: `${low}-${high}`,
    ratings: numbers,
    above,
    smallest,
    largest,
  });
  if (above > 0) return range(smallest <= 0 ? Math.min(0, smallest) : 1, scaleEnd(values));
  if (largest <= 1 && (zeros > 0 || smallest < 0 || offStep > 0)) {
    const isTwo = stars.every((value) => Number.isNaN(value) || value === smallest || value === largest);
    if (!isTwo) return range(Math.min(0, smallest), 1);
    const scale = `${largest}=4.5,${smallest}=1.5`;
    return { kind: 'thumbs', scale, values: [String(smallest), String(largest)] };
  }
  if (offStepExample !== null && offStep >= zeros) {
    return {
      kind: 'finer-steps',
      scale: `${zeros > 0 ? 0 : 0.25}-5`,
      ratings: offStep,
      example: offStepExample,
    };
  }
  return zeros > 0 ? { kind: 'zeros', scale: '0-5', ratings: zeros } : null;
}
