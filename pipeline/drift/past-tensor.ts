import type { Tensor } from '../lib/safetensors.ts';
import type { PastEffect, PastWindow, PastWindows } from './past-windows.ts';
import { CUTS } from './user-moments.ts';

/** size, reach, three effects and nine cuts with their variances, and three shares. */
export const PAST_COLUMNS = 2 + 2 * (3 + CUTS) + 3;

const UNKNOWN: PastEffect = { effect: Number.NaN, variance: Number.NaN };

/** Past windows as rows of numbers, windows × PAST_COLUMNS; what is not known is NaN. */
export function encodePast(past: readonly PastWindows[]): Tensor {
  const rows = past.flatMap(({ size, reach, windows }) =>
    windows.map((window) => {
      const { ratingMean, ratingStd, userMean, cuts, genreJs, newMovieShare, newUserShare } = window;
      const effects = [ratingMean, ratingStd, userMean, ...cuts].map((effect) => effect ?? UNKNOWN);
      return [
        size,
        reach,
        ...effects.flatMap(({ effect, variance }) => [effect, variance]),
        genreJs ?? Number.NaN,
        newMovieShare,
        newUserShare,
      ];
    }),
  );
  return { shape: [rows.length, PAST_COLUMNS], data: Float64Array.from(rows.flat()) };
}

/** Reads what `encodePast` wrote. */
export function decodePast(data: Float64Array): readonly PastWindows[] {
  const past: { size: number; reach: number; windows: PastWindow[] }[] = [];
  for (let row = 0; row < data.length; row += PAST_COLUMNS) {
    let at = row;
    const next = (): number => data[at++] as number;
    const nextEffect = (): PastEffect | null => {
      const [effect, variance] = [next(), next()];
      return Number.isNaN(effect) ? null : { effect, variance };
    };
    const [size, reach] = [next(), next()];
    const window: PastWindow = {
      ratingMean: nextEffect(),
      ratingStd: nextEffect(),
      userMean: nextEffect(),
      cuts: Array.from({ length: CUTS }, () => nextEffect() ?? UNKNOWN),
      genreJs: numberOrNull(next()),
      newMovieShare: next(),
      newUserShare: next(),
    };
    const last = past.at(-1);
    if (last?.size === size && last.reach === reach) last.windows.push(window);
    else past.push({ size, reach, windows: [window] });
  }
  return past;
}

const numberOrNull = (value: number): number | null => (Number.isNaN(value) ? null : value);
