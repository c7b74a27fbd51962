/** Tables of ratings in random layouts, as people have them. */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import pl from 'nodejs-polars';
import { zipArchive } from './zip-archive.ts';

/** A rating as its site would write it. */
export interface WrittenRating {
  readonly user: string;
  readonly movie: string;
  readonly half: number;
  /** Seconds since 1970. */
  readonly time: number;
}

/** Names that mean one column, each tried with the others. */
const NAMES = {
  user: ['userId', 'user_id', 'User-ID', 'user', 'customer_id', 'benutzerId', 'user_id:token', 'uid'],
  movie: ['movieId', 'movie_id', 'Movie ID', 'film_id', 'item_id:token', 'ItemID', 'item'],
  rating: ['rating', 'Rating', 'stars', 'score', 'rating:float', 'note'],
  time: ['timestamp', 'rated_at', 'time', 'unix_time', 'timestamp:float', 'datetime'],
} as const;
const EXTRAS = ['title', 'comment', 'helpful', 'year', 'Unnamed: 0'] as const;

type Meaning = keyof typeof NAMES;
type Extra = (typeof EXTRAS)[number];
type Column = { readonly meaning: Meaning; readonly name: string } | { readonly extra: Extra };

const SEPARATORS = [',', ';', '|', '\t', '::'] as const;
const ENCODINGS = ['utf-8', 'utf-8 with a mark', 'utf-16le', 'utf-16be'] as const;
const CONTAINERS = [
  'file',
  'gz',
  'zst',
  'zip',
  'folder',
  'nested folder',
  'spark parts',
  'hive partitions',
] as const;
const TIMES = ['s', 's as fraction', 'ms', 'us', 'text', 'text with zone'] as const;
export const ID_KINDS = ['numbers', 'from zero', 'large numbers', 'uuids', 'slugs', 'hashes'] as const;

/** How a scale is stated, how it writes half stars, and which half stars it can say. */
export const SCALES = {
  stars: { stated: null, write: (half: number) => String(half / 2), says: (half: number) => half },
  'to 10': { stated: '1-10', write: String, says: (half: number) => half },
  'to 100': { stated: '0-100', write: (half: number) => String(10 * half), says: (half: number) => half },
  thumbs: {
    stated: 'like=4.5,dislike=1.5',
    write: (half: number) => (half > 5 ? 'like' : 'Dislike'),
    says: (half: number) => (half > 5 ? 9 : 3),
  },
} as const;

export interface Layout {
  readonly format: 'text' | 'parquet';
  readonly columns: readonly Column[];
  readonly hasHeader: boolean;
  readonly separator: (typeof SEPARATORS)[number];
  /** Which values are in quotation marks. Those that need them always are. */
  readonly quotes: 'needed' | 'all' | 'header';
  readonly encoding: (typeof ENCODINGS)[number];
  readonly lineEnd: '\n' | '\r\n';
  readonly endsWithLine: boolean;
  readonly times: (typeof TIMES)[number];
  readonly ids: (typeof ID_KINDS)[number];
  readonly stars: 'short' | 'one decimal' | 'comma';
  readonly scale: keyof typeof SCALES;
  /** Whether the reader is told the scale. */
  readonly isStated: boolean;
  readonly container: (typeof CONTAINERS)[number];
}

const idOf = (kind: Layout['ids'], of: 'user' | 'movie', number: number): string => {
  const hex = (length: number): string =>
    ((number + 3) * 2_654_435_761 * 97).toString(16).padStart(length, '0').slice(-length);
  switch (kind) {
    case 'numbers':
      return String(number + 1);
    case 'from zero':
      return String(number);
    case 'large numbers':
      return String(76_561_197_960_265_728n + BigInt(number));
    case 'uuids':
      return `${hex(8)}-${hex(4)}-4${hex(3)}-8${hex(3)}-${hex(12)}`;
    case 'slugs':
      return of === 'user' ? `u${number}` : `the-film-${number}`;
    case 'hashes':
      return `${of[0]}${hex(31)}`;
  }
};

const columns = (hasHeader: boolean): fc.Arbitrary<readonly Column[]> => {
  const named = fc.tuple(
    ...(Object.keys(NAMES) as Meaning[]).map((meaning) =>
      fc.constantFrom(...NAMES[meaning]).map((name) => ({ meaning, name })),
    ),
  );
  if (!hasHeader) return named;
  return fc.tuple(named, fc.subarray([...EXTRAS], { maxLength: 3 })).chain(([known, extras]) => {
    const all: Column[] = [...known, ...extras.map((extra) => ({ extra }))];
    return fc.shuffledSubarray(all, { minLength: all.length, maxLength: all.length });
  });
};

export const anyLayout: fc.Arbitrary<Layout> = fc.boolean().chain((wantsHeader) =>
  fc.constantFrom<Layout['format'][]>(...Array(15).fill('text'), 'parquet').chain((format) => {
    const hasHeader = wantsHeader || format === 'parquet';
    return fc.record({
      format: fc.constant(format),
      columns: columns(hasHeader),
      hasHeader: fc.constant(hasHeader),
      separator: fc.constantFrom(...SEPARATORS),
      quotes: fc.constantFrom('needed' as const, 'all' as const, 'header' as const),
      encoding: fc.constantFrom(...ENCODINGS),
      lineEnd: fc.constantFrom('\n' as const, '\r\n' as const),
      endsWithLine: fc.boolean(),
      times: fc.constantFrom(...TIMES),
      ids: fc.constantFrom('numbers', 'numbers', 'numbers', 'from zero', ...ID_KINDS),
      stars: fc.constantFrom('short' as const, 'one decimal' as const, 'comma' as const),
      scale: fc.constantFrom<Layout['scale'][]>('stars', 'stars', 'stars', 'to 10', 'to 100', 'thumbs'),
      isStated: fc.boolean(),
      container: fc.constantFrom('file', 'file', 'folder', ...CONTAINERS),
    });
  }),
);

/** Ratings with each pair of user and movie once, from the years 2000 to 2025. */
export const someTable = (ids: Layout['ids']): fc.Arbitrary<readonly WrittenRating[]> =>
  fc.uniqueArray(
    fc
      .tuple(
        fc.nat(6),
        fc.nat(6),
        fc.integer({ min: 1, max: 10 }),
        fc.integer({ min: 946_684_800, max: 1_750_000_000 }),
      )
      .map(([user, movie, half, time]) => ({
        user: idOf(ids, 'user', user),
        movie: idOf(ids, 'movie', movie),
        half,
        time,
      })),
    { minLength: 3, maxLength: 14, selector: ({ user, movie }) => `${user} ${movie}` },
  );

function timeText(time: number, times: Layout['times']): string {
  const iso = new Date(1000 * time).toISOString();
  switch (times) {
    case 's':
      return String(time);
    case 's as fraction':
      return `${time}.0`;
    case 'ms':
      return String(1000 * time);
    case 'us':
      return String(1_000_000 * time);
    case 'text':
      return iso.slice(0, 19).replace('T', ' ');
    case 'text with zone':
      return iso;
  }
}

const EXTRA_VALUES: Readonly<Record<Extra, readonly string[]>> = {
  title: ['Heat (1995)', 'Good, the Bad and the Ugly, The', 'Amélie', '"Crocodile" Dundee', 'two\nlines'],
  comment: ['', 'fine; not great', 'a | b', '3'],
  helpful: ['0', '12', '7'],
  year: ['1995', '2001'],
  'Unnamed: 0': ['0', '1', '2'],
};

function starsText(half: number, { format, stars, separator, scale }: Layout): string {
  if (scale !== 'stars') return SCALES[scale].write(half);
  const text = stars === 'short' ? String(half / 2) : (half / 2).toFixed(1);
  return stars === 'comma' && separator === ';' && format === 'text' ? text.replace('.', ',') : text;
}

const nameOf = (column: Column): string => ('extra' in column ? column.extra : column.name);

function cellOf(column: Column, rating: WrittenRating, row: number, layout: Layout): string {
  if ('extra' in column) {
    const values = EXTRA_VALUES[column.extra];
    return values[row % values.length] as string;
  }
  switch (column.meaning) {
    case 'user':
      return rating.user;
    case 'movie':
      return rating.movie;
    case 'rating':
      return starsText(rating.half, layout);
    case 'time':
      return timeText(rating.time, layout.times);
  }
}

/** Whether a file can have these values: `::` has no quotation, and words need a header that says what they are. */
export function isPossible({ format, separator, columns: all, quotes, scale, hasHeader }: Layout): boolean {
  if (scale === 'thumbs' && !hasHeader) return false;
  if (format === 'parquet' || separator !== '::') return true;
  return quotes === 'needed' && !all.some((column) => 'extra' in column);
}

function textOf(table: readonly WrittenRating[], layout: Layout): string {
  const { separator, quotes, lineEnd, hasHeader, endsWithLine } = layout;
  const field = (text: string, isQuoted: boolean): string =>
    isQuoted || (separator !== '::' && (text.includes(separator) || /["\n]/.test(text)))
      ? `"${text.replaceAll('"', '""')}"`
      : text;
  const lines = table.map((rating, row) =>
    layout.columns
      .map((column) => field(cellOf(column, rating, row, layout), quotes === 'all'))
      .join(separator),
  );
  if (hasHeader)
    lines.unshift(layout.columns.map((column) => field(nameOf(column), quotes !== 'needed')).join(separator));
  return lines.join(lineEnd) + (endsWithLine ? lineEnd : '');
}

function bytesOf(text: string, encoding: Layout['encoding']): Buffer {
  switch (encoding) {
    case 'utf-8':
      return Buffer.from(text);
    case 'utf-8 with a mark':
      return Buffer.from(`\uFEFF${text}`);
    case 'utf-16le':
      return Buffer.from(`\uFEFF${text}`, 'utf16le');
    case 'utf-16be':
      return Buffer.from(`\uFEFF${text}`, 'utf16le').swap16();
  }
}

function writeParquetFile(file: string, table: readonly WrittenRating[], layout: Layout): void {
  const numbers = layout.ids === 'numbers' || layout.ids === 'from zero';
  const series = layout.columns.map((column) => {
    const texts = table.map((rating, row) => cellOf(column, rating, row, layout));
    const name = nameOf(column);
    if ('extra' in column) return pl.Series(name, texts, pl.Utf8);
    if (column.meaning === 'rating') {
      return layout.scale === 'thumbs'
        ? pl.Series(name, texts, pl.Utf8)
        : pl.Series(name, texts.map(Number), pl.Float64);
    }
    if (column.meaning === 'time' && layout.times.startsWith('text')) return pl.Series(name, texts, pl.Utf8);
    if (column.meaning === 'time') return pl.Series(name, texts.map(Number), pl.Float64).cast(pl.Int64);
    if (numbers && layout.quotes !== 'all') return pl.Series(name, texts.map(Number), pl.Int32);
    return pl.Series(name, texts, pl.Utf8);
  });
  pl.DataFrame(series).writeParquet(file);
}

/** Writes a table in its layout, and returns the path to read. */
export async function writeTable(
  folder: string,
  table: readonly WrittenRating[],
  layout: Layout,
): Promise<string> {
  const { container, format } = layout;
  const write = async (name: string, rows: readonly WrittenRating[]): Promise<string> => {
    const path = join(folder, name);
    await mkdir(dirname(path), { recursive: true });
    if (format === 'parquet') writeParquetFile(path, rows, layout);
    else await writeFile(path, bytesOf(textOf(rows, layout), layout.encoding));
    return path;
  };
  const extension = format === 'parquet' ? 'parquet' : 'csv';
  const half = Math.ceil(table.length / 2);
  await mkdir(folder, { recursive: true });
  switch (container) {
    case 'file':
      return write(`some.${extension}`, table);
    case 'folder':
      await write(`whole/ratings.${extension}`, table);
      return join(folder, 'whole');
    case 'nested folder':
      await write(`outer/archive/ratings.${extension}`, table);
      return join(folder, 'outer');
    case 'spark parts':
      await write(`spark/part-00000.${extension}`, table.slice(0, half));
      await write(`spark/part-00001.${extension}`, table.slice(half));
      await writeFile(join(folder, 'spark/_SUCCESS'), '');
      return join(folder, 'spark');
    case 'hive partitions':
      await write(`hive/part=0/part-0.${extension}`, table.slice(0, half));
      await write(`hive/part=1/part-0.${extension}`, table.slice(half));
      return join(folder, 'hive');
    default: {
      if (format === 'parquet') return write('some.parquet', table);
      const bytes = bytesOf(textOf(table, layout), layout.encoding);
      const path = join(folder, container === 'zip' ? 'some.zip' : `some.csv.${container}`);
      const packed = {
        gz: () => gzipSync(bytes),
        zst: () => zstdCompressSync(bytes),
        zip: () => zipArchive({ 'ratings.csv': bytes }),
      };
      await writeFile(path, packed[container]());
      return path;
    }
  }
}
