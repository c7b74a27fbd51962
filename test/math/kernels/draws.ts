import { normal, seededRandom } from '../../../pipeline/lib/random.ts';

const random = seededRandom(6);
const draw = normal(random);

/** Standard normal draws as 32-bit floats, so that kernels and double precision compute from equal numbers. */
export const draws = (length: number, spread = 1): Float32Array =>
  Float32Array.from({ length }, () => spread * draw());

/** Ratings by row, with random columns. */
export interface DrawnRatings {
  readonly pointers: Int32Array;
  readonly columns: Int32Array;
  readonly halves: Uint8Array;
}

/** @param lengths of the rows. Columns of a row are distinct and ascend. */
export function drawRatings(lengths: readonly number[], columnCount: number): DrawnRatings {
  const columns = lengths.flatMap((length) => {
    const chosen = new Set<number>();
    while (chosen.size < length) chosen.add(Math.floor(random() * columnCount));
    return [...chosen].sort((a, b) => a - b);
  });
  const pointers = new Int32Array(lengths.length + 1);
  lengths.forEach((length, row) => {
    pointers[row + 1] = (pointers[row] as number) + length;
  });
  return {
    pointers,
    columns: Int32Array.from(columns),
    halves: Uint8Array.from(columns, () => 1 + Math.floor(random() * 10)),
  };
}
