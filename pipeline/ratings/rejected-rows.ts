import { type RawRatings, REJECT_REASONS, type Reject, type Rejects } from './raw.ts';

/** The position of a reason among all reasons, counted from 1; 0 is a row that is kept. */
export const KEPT = 0;
const SUPERSEDED = REJECT_REASONS.indexOf('superseded') + 1;

/** No rejected rows. */
export const NO_REJECTS: Rejects = {
  length: 0,
  damaged: 0,
  count: () => 0,
  firstOfEach: () => [],
  firstDamaged: () => [],
  slice: () => [],
};

/**
 * The rejected rows of a source as columns, which have only these rows.
 *
 * @param reasons for every row of the source 0, or the position of its reason counted from 1.
 */
export function rejectsAt(raw: RawRatings, reasons: Uint8Array): Rejects {
  const length = reasons.reduce((count, reason) => count + Number(reason !== KEPT), 0);
  if (length === 0) return NO_REJECTS;
  const rows = new Int32Array(length);
  for (let row = 0, at = 0; row < reasons.length; row++) if (reasons[row] !== KEPT) rows[at++] = row;
  const selected = (column: Float64Array): Float64Array =>
    Float64Array.from(rows, (row) => column[row] as number);
  const reasonOf = Uint8Array.from(rows, (row) => reasons[row] as number);
  const [users, movies, stars, times] = [raw.userIds, raw.movieIds, raw.stars, raw.timestamps].map(
    selected,
  ) as [Float64Array, Float64Array, Float64Array, Float64Array];
  const { parts = [], names } = raw;
  /** `year=2005/part-0.parquet, row 12: ` when the rows are of several files. */
  const placeOf = (row: number): string => {
    const part = parts.findLast(({ from }) => from <= row);
    return part === undefined ? '' : `${part.name}, row ${row - part.from + part.firstRowNumber}: `;
  };
  const lineOf = linesOf(raw);
  const contentOf = (at: number): string => {
    const written = raw.written?.get(rows[at] as number);
    if (written !== undefined && 'line' in written) return `the line ${quoted(written.line)}`;
    const values = [
      names?.users[users[at] as number] ?? shown(users[at]),
      names?.movies[movies[at] as number] ?? shown(movies[at]),
      shown(stars[at]),
      shown(times[at]),
    ];
    const seen = COLUMNS.map(({ key, name }, column) => {
      const text = written === undefined ? values[column] : written[key];
      return `${name} ${text === null || text?.trim() === '' ? 'missing' : quoted(text ?? '')}`;
    });
    return seen.join(', ');
  };
  const describe = (at: number): Reject => ({
    rowNumber: lineOf(rows[at] as number),
    reason: REJECT_REASONS[(reasonOf[at] as number) - 1] as Reject['reason'],
    content: `${placeOf(rows[at] as number)}${contentOf(at)}`,
  });
  return {
    length,
    damaged: reasonOf.reduce((count, reason) => count + Number(reason !== SUPERSEDED), 0),
    count: (reason) => {
      const code = REJECT_REASONS.indexOf(reason) + 1;
      return reasonOf.reduce((sum, each) => sum + Number(each === code), 0);
    },
    firstOfEach: () =>
      REJECT_REASONS.flatMap((_, reason) => {
        const at = reasonOf.indexOf(reason + 1);
        return at < 0 ? [] : [describe(at)];
      }),
    firstDamaged: (most) => {
      const found: Reject[] = [];
      for (let at = 0; at < length && found.length < most; at++) {
        if (reasonOf[at] !== SUPERSEDED) found.push(describe(at));
      }
      return found;
    },
    slice: (from, to) => {
      const some: Reject[] = [];
      for (let at = from; at < Math.min(to, length); at++) some.push(describe(at));
      return some;
    },
  };
}

/** The line of a row, counted from 1: rows with line breaks in them have more than one. */
function linesOf({ firstRowNumber, breaks = [] }: RawRatings): (row: number) => number {
  const ends = breaks.map(({ row }) => row);
  let more = 0;
  const before = breaks.map(({ lines }) => (more += lines));
  return (row) => {
    let [from, to] = [0, ends.length];
    while (from < to) {
      const middle = (from + to) >> 1;
      if ((ends[middle] as number) < row) from = middle + 1;
      else to = middle;
    }
    return firstRowNumber + row + (before[from - 1] ?? 0);
  };
}

const COLUMNS = [
  { key: 'user', name: 'user' },
  { key: 'movie', name: 'movie' },
  { key: 'rating', name: 'rating' },
  { key: 'time', name: 'timestamp' },
] as const;

const shown = (value: number | undefined): string => (Number.isNaN(value) ? 'no number' : String(value));

const SHOWN_CHARACTERS = 60;

/** A value from a file on one line; not more of it than a message can have. */
function quoted(text: string): string {
  const printable = text.trim().replaceAll(/\p{Cc}/gu, '·');
  return printable.length > SHOWN_CHARACTERS ? `${printable.slice(0, SHOWN_CHARACTERS)}…` : printable;
}
