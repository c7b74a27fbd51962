import type { Tensor } from '../lib/safetensors.ts';
import type { PastRow, PastWindow, PastWindows } from './past-windows.ts';
import { DRIFT_SIGNALS } from './signals/list.ts';

const SIZES = 'past_sizes';
const tensorOf = (signal: string): string => `past.${signal}`;

/** Signals that are compared with past windows. */
const compared = DRIFT_SIGNALS.flatMap(({ name, past }) =>
  past === null ? [] : [{ name, width: past.width }],
);

/**
 * Past windows as tensors with one row a window: `past_sizes` with size and reach, and one tensor a signal,
 * `past.rating_mean` for instance. What is not known is NaN.
 */
export function encodePast(past: readonly PastWindows[]): Readonly<Record<string, Tensor>> {
  const windows = past.flatMap((one) => one.windows);
  const tensor = (rows: readonly PastRow[], width: number): Tensor => ({
    shape: [rows.length, width],
    data: Float64Array.from(rows.flat()),
  });
  return {
    [SIZES]: tensor(
      past.flatMap((one) => one.windows.map(() => [one.size, one.reach])),
      2,
    ),
    ...Object.fromEntries(
      compared.map(({ name, width }) => [
        tensorOf(name),
        tensor(
          windows.map((window) => window[name] as PastRow),
          width,
        ),
      ]),
    ),
  };
}

/** Reads the numbers of a tensor, which must have so many rows (null: any number) of so many columns. */
export type ReadRows = (tensor: string, rows: number | null, columns: number) => Float64Array;

/**
 * Reads what `encodePast` wrote, by this version or another: a signal without a tensor is left out of the
 * windows, and a tensor of a signal that this version does not have is not read.
 *
 * @param has whether there is a tensor of that name.
 */
export function decodePast(has: (tensor: string) => boolean, read: ReadRows): readonly PastWindows[] {
  if (has(EARLIER)) return decodeEarlier(read(EARLIER, null, EARLIER_COLUMNS));
  const sizes = read(SIZES, null, 2);
  const rows = sizes.length / 2;
  return together(
    rows,
    { data: sizes, stride: 2, from: 0, width: 2 },
    compared
      .filter(({ name }) => has(tensorOf(name)))
      .map(({ name, width }) => [
        name,
        { data: read(tensorOf(name), rows, width), stride: width, from: 0, width },
      ]),
  );
}

/** Some neighbouring columns of a tensor. */
interface Columns {
  readonly data: Float64Array;
  /** Numbers in a row of the tensor. */
  readonly stride: number;
  readonly from: number;
  readonly width: number;
}

function together(
  rows: number,
  sizes: Columns,
  signals: readonly (readonly [name: string, columns: Columns])[],
): readonly PastWindows[] {
  const rowOf = ({ data, stride, from, width }: Columns, row: number): PastRow => [
    ...data.subarray(row * stride + from, row * stride + from + width),
  ];
  const past: { size: number; reach: number; windows: PastWindow[] }[] = [];
  for (let row = 0; row < rows; row++) {
    const [size, reach] = rowOf(sizes, row) as [number, number];
    const window = Object.fromEntries(signals.map(([name, columns]) => [name, rowOf(columns, row)]));
    const last = past.at(-1);
    if (last?.size === size && last.reach === reach) last.windows.push(window);
    else past.push({ size, reach, windows: [window] });
  }
  return past;
}

/** The one tensor of references that were written before each signal had its own: size, reach, signals by place. */
const EARLIER = 'past_windows';
const EARLIER_PLACES = [
  ['rating_mean', 2],
  ['rating_std', 2],
  ['user_mean_shift', 2],
  ['rating_distribution_ks', 18],
  ['genre_js', 1],
  ['new_movie_share', 1],
  ['new_user_share', 1],
] as const;
const EARLIER_COLUMNS = EARLIER_PLACES.reduce((columns, [, width]) => columns + width, 2);

function decodeEarlier(data: Float64Array): readonly PastWindows[] {
  let next = 0;
  const take = (width: number): Columns => {
    const from = next;
    next += width;
    return { data, stride: EARLIER_COLUMNS, from, width };
  };
  return together(
    data.length / EARLIER_COLUMNS,
    take(2),
    EARLIER_PLACES.map(([name, width]) => [name, take(width)]),
  );
}
