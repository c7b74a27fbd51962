import { chiSquareUpper } from '../../math/fisher-f.ts';
import { RATING_LEVELS } from '../../ratings/ratings.ts';
import { sum } from './profiles.ts';

/** A bot that always gives the same value gives it this often, and anything else by chance. */
const CONSTANT = 0.95;
/** A user who gives the same value less often is no such bot. */
const LEAST_CONSTANT = 0.9;
/** A user whose ratings would be so unlikely at random does not rate at random. */
const UNLIKELY = 0.001;

/** A way to rate without a taste. */
export interface BotKind {
  readonly text: string;
  /** The probability of each step. */
  readonly steps: readonly number[];
  /** How likely bots of this kind are among all kinds. */
  readonly weight: number;
  /** Whether a user could be such a bot. */
  readonly fits: (counts: readonly number[]) => boolean;
}

/**
 * Bots that always give the same value, and bots that rate at random; both are as likely. Bots push a movie up or down, so
 * the two ends are half of the values.
 *
 * @param count number of steps: 10 levels, or 5 pairs of them.
 */
export function botKinds(count: number): readonly BotKind[] {
  const constant = Array.from({ length: count }, (_, value): BotKind => {
    const isEnd = value === 0 || value === count - 1;
    const stars = ((value + 1) * RATING_LEVELS) / count / 2;
    return {
      text: `always give ${count === RATING_LEVELS ? '' : `${stars - 0.5} or `}${stars}★`,
      steps: Array.from(
        { length: count },
        (_step, step) => (1 - CONSTANT) / count + (step === value ? CONSTANT : 0),
      ),
      weight: isEnd ? 1 / 8 : 1 / 4 / (count - 2),
      fits: (counts) => (counts[value] as number) >= LEAST_CONSTANT * sum(counts, (one) => one),
    };
  });
  const random: BotKind = {
    text: 'rate at random',
    steps: new Array(count).fill(1 / count),
    weight: 1 / 2,
    fits: (counts) => {
      const n = sum(counts, (one) => one);
      // Pearson's χ² against equal numbers on each step.
      const chi = (sum(counts, (one) => one * one) * count) / n - n;
      return chiSquareUpper(Math.max(0, chi), count - 1) >= UNLIKELY;
    },
  };
  return [...constant, random];
}
