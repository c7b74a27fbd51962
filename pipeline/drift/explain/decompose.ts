import { topN } from '../../math/top-n.ts';
import type { ContributingPart, Contributions, Partition } from './explanation.ts';

/** One side of a comparison by part: sums of a score and of weights, and the numbers of ratings that shares count. */
export interface Side {
  readonly x: Float64Array;
  readonly n: Float64Array;
  readonly counted: Float64Array;
}

export function emptySide(parts: number): Side {
  return { x: new Float64Array(parts), n: new Float64Array(parts), counted: new Float64Array(parts) };
}

/** Parts with a row of their own; the others are in the last row. */
const SHOWN = 6;
export const REST = 'all others';

/**
 * Divides the difference of two ratios Σx / Σn, window minus reference, into parts of the ratings:
 *
 * c_g = (x_wg − r·n_wg) / n_w − (x_rg − r·n_rg) / n_r
 *
 * where r is the ratio of the reference. So a part contributes when it has more weight or another ratio than before, and
 * its contribution is that of its own parts together. The second terms add up to 0 and the first to the difference, so
 * the parts add up to it exactly.
 *
 * @param labelOf the label of a part; the parts together are all ratings of the window.
 * @param change.scale multiplies the contributions; `shown` makes the statistic of a part from its ratio, null for none.
 */
export function decompose(
  partition: Partition,
  labelOf: (part: number) => string,
  window: Side,
  reference: Side,
  change: {
    /** The ratio of the whole reference. */
    readonly ratio: number;
    readonly scale: number;
    readonly shown: (ratio: number) => number | null;
  },
): Contributions {
  const { ratio, scale, shown } = change;
  const [windowN, referenceN] = [sum(window.n), sum(reference.n)];
  const deviation = ({ x, n }: Side, total: number, part: number): number =>
    total === 0 ? 0 : ((x[part] as number) - ratio * (n[part] as number)) / total;
  const contributions = new Float64Array(window.n.length);
  for (let part = 0; part < contributions.length; part++) {
    contributions[part] = scale * (deviation(window, windowN, part) - deviation(reference, referenceN, part));
  }
  const [windowCounted, referenceCounted] = [sum(window.counted), sum(reference.counted)];
  const statistic = ({ x, n }: Side, members: Int32Array): number | null => {
    const weight = sumOf(n, members);
    return weight === 0 ? null : shown(sumOf(x, members) / weight);
  };
  const row = (label: string, members: Int32Array): ContributingPart => ({
    label,
    referenceShare: referenceCounted === 0 ? 0 : sumOf(reference.counted, members) / referenceCounted,
    windowShare: windowCounted === 0 ? 0 : sumOf(window.counted, members) / windowCounted,
    before: statistic(reference, members),
    now: statistic(window, members),
    contribution: sumOf(contributions, members),
  });
  const top = topN(
    Float32Array.from(contributions, Math.abs),
    contributions.length <= SHOWN + 1 ? SHOWN + 1 : SHOWN,
  );
  const rest = Int32Array.from(contributions.keys()).filter((part) => !top.includes(part));
  return {
    partition,
    total: scale * (sum(window.x) / windowN - ratio),
    parts: [
      ...Array.from(top, (part) => row(labelOf(part), Int32Array.of(part))),
      ...(rest.length === 0 ? [] : [row(REST, rest)]),
    ],
  };
}

function sum(numbers: Float64Array): number {
  let total = 0;
  for (const one of numbers) total += one;
  return total;
}

function sumOf(numbers: Float64Array, members: Int32Array): number {
  let total = 0;
  for (const part of members) total += numbers[part] as number;
  return total;
}
