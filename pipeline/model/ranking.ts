import type { Baseline } from './baseline.ts';

/**
 * The score of every movie for someone of whom nothing is known: its damped mean rating times the logarithm
 * of how many rated it, (μ + b_i) · ln(1 + n_i). Liked by many goes before loved by few.
 */
export function popularityScores({ mean, movieOffsets, movieCounts }: Baseline): Float64Array {
  return Float64Array.from(
    movieOffsets,
    (offset, row) => (mean + offset) * Math.log1p(movieCounts[row] as number),
  );
}
