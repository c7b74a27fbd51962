import type { Tensor } from '../lib/safetensors.ts';
import type { PastWindow, PastWindows } from './past-windows.ts';
import { DRIFT_SIGNALS } from './signals/list.ts';

const SIZES = 'past_sizes';
const tensorOf = (signal: string): string => `past.${signal}`;

/** Signals that are compared with past windows. */
const compared = DRIFT_SIGNALS.flatMap(({ name, past }) =>
  past === null ? [] : [{ name, width: past.width }],
);

/**
 * Past windows as tensors with one row for each window: `past_sizes` with size and reach, and one tensor for each signal,
 * for instance `past.rating_mean`. Unknown numbers are NaN.
 */
export function encodePast(past: readonly PastWindows[]): Readonly<Record<string, Tensor>> {
  const rows = past.flatMap(({ size, reach, windows }) =>
    windows.map((window): PastWindow => ({ ...window, [SIZES]: [size, reach] })),
  );
  const tensor = (name: string, width: number): Tensor => {
    const data = new Float64Array(rows.length * width);
    for (const [at, row] of rows.entries()) data.set(row[name] ?? [], at * width);
    return { shape: [rows.length, width], data };
  };
  return {
    [SIZES]: tensor(SIZES, 2),
    ...Object.fromEntries(
      compared
        .filter(({ name }) => rows.every((row) => row[name] !== undefined))
        .map(({ name, width }) => [tensorOf(name), tensor(name, width)]),
    ),
  };
}

/**
 * Reads the tensors of `encodePast` of this or another version. A signal without a tensor is left out of the windows,
 * and the tensor of an unknown signal is ignored.
 *
 * @param read returns the numbers of a tensor with the given numbers of rows (null: any) and columns.
 */
export function decodePast(
  tensors: ReadonlyMap<string, Tensor>,
  read: (tensor: string, rows: number | null, columns: number) => Float64Array,
): readonly PastWindows[] {
  const sizes = read(SIZES, null, 2);
  const rows = sizes.length / 2;
  const stored = compared
    .filter(({ name }) => tensors.has(tensorOf(name)))
    .map(({ name, width }) => ({ name, width, data: read(tensorOf(name), rows, width) }));
  const past: { size: number; reach: number; windows: PastWindow[] }[] = [];
  for (let row = 0; row < rows; row++) {
    const [size, reach] = [sizes[2 * row] as number, sizes[2 * row + 1] as number];
    const window = Object.fromEntries(
      stored.map(({ name, width, data }) => [name, [...data.subarray(row * width, (row + 1) * width)]]),
    );
    const last = past.at(-1);
    if (last?.size === size && last.reach === reach) last.windows.push(window);
    else past.push({ size, reach, windows: [window] });
  }
  return past;
}

/** Older references have one tensor for all signals, with these columns. */
const EARLIER = 'past_windows';
const EARLIER_COLUMNS = [
  [SIZES, 2],
  [tensorOf('rating_mean'), 2],
  [tensorOf('rating_std'), 2],
  [tensorOf('user_mean_shift'), 2],
  [tensorOf('rating_distribution_ks'), 18],
  [tensorOf('genre_js'), 1],
  [tensorOf('new_movie_share'), 1],
  [tensorOf('new_user_share'), 1],
] as const;
const EARLIER_WIDTH = 29;

/** Converts the tensors of an older reference to the current format. */
export function withNamedPast(tensors: ReadonlyMap<string, Tensor>): ReadonlyMap<string, Tensor> {
  const earlier = tensors.get(EARLIER);
  if (earlier?.shape[1] !== EARLIER_WIDTH) return tensors;
  const rows = earlier.data.length / EARLIER_WIDTH;
  const named = new Map(tensors);
  let from = 0;
  for (const [name, width] of EARLIER_COLUMNS) {
    const data = new Float64Array(rows * width);
    for (let i = 0; i < data.length; i++) {
      const row = Math.floor(i / width);
      data[i] = earlier.data[row * EARLIER_WIDTH + from + (i % width)] as number;
    }
    named.set(name, { shape: [rows, width], data });
    from += width;
  }
  return named;
}
