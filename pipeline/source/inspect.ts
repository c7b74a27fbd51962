import { OperatorError } from '../lib/errors.ts';
import { scaleText } from '../lib/rating-scale.ts';
import {
  type ReportJson,
  refuseDamaged,
  reportJson,
  suspicionRemedy,
  suspicionText,
} from '../ratings/reading-report.ts';
import { timeRange } from '../ratings/snapshot.ts';
import { vocabularyOf } from '../ratings/vocabulary.ts';
import { COLUMN_MEANINGS, type ColumnMeaning, NO_TIMES_TEXT } from './column-names.ts';
import { type RatedSource, type Reading, readRatedSource } from './read-rated-source.ts';
import type { SourceOptions } from './read-source.ts';

/** Why a source would be refused. */
export interface Refusal {
  readonly code: string;
  readonly message: string;
  readonly remedy: string;
}

/** How a source is read: what every command says before its results. Nothing of it needs another look at the ratings. */
export interface FoundSource {
  readonly source: string;
  readonly layout: string;
  /** What is between two values of a text file; null for Parquet. */
  readonly separator: string | null;
  readonly header: boolean;
  /** What was done to the file before it could be read; empty when nothing was. */
  readonly converted: string;
  readonly bytes: number;
  /** The column of each meaning: its name, or its position from 1 without a header; null for none. */
  readonly columns: Readonly<Record<ColumnMeaning, string | null>>;
  readonly otherColumns: readonly string[];
  readonly ratings: {
    readonly smallest: number | null;
    readonly largest: number | null;
    readonly step: 'whole' | 'half' | 'finer';
    /** The scale that was stated, in words; null for stars. */
    readonly scale: string | null;
  };
  readonly reading: ReportJson;
  /** The file of links, the movies with an id of IMDb or TMDB, and its rows with a damaged id; null without such a file. */
  readonly links: { readonly file: string; readonly movies: number; readonly damaged: number } | null;
}

/** What would be read of a source. */
export interface Inspection extends FoundSource {
  readonly ids: 'numbers' | 'text';
  readonly users: number;
  readonly movies: number;
  readonly times: {
    readonly written: string;
    /** Seconds since 1970; null without usable times. */
    readonly from: number | null;
    readonly to: number | null;
  };
  readonly moviesFile: string | null;
  /** Movies of that file, and how many of the rated movies are among them. */
  readonly titles: number;
  readonly ratedWithTitle: number;
  readonly suspected: readonly string[];
  readonly notes: readonly string[];
}

/** An inspection, or only why there is none. */
export interface InspectionOutcome {
  readonly inspection: Inspection | null;
  readonly refused: Refusal | null;
}

/**
 * Reads a source as every command does and says what was found, and whether it would be refused. Nothing is changed.
 *
 * @throws OperatorError `usage` for wrong options.
 */
export async function inspectSource(
  path: string,
  options: Reading & SourceOptions & { readonly now: Date },
): Promise<InspectionOutcome> {
  try {
    const read = await readRatedSource(path, { ...options, times: 'optional', maxRejectShare: 1 });
    return { inspection: inspectionOf(read), refused: refusalOf(read, options.maxRejectShare) };
  } catch (error) {
    if (!(error instanceof OperatorError) || error.code === 'usage') throw error;
    return { inspection: null, refused: asRefusal(error) };
  }
}

const asRefusal = ({ code, message, remedy }: OperatorError): Refusal => ({ code, message, remedy });

function refusalOf(read: RatedSource, maxRejectShare: number): Refusal | null {
  try {
    refuseDamaged(read.name, read.report, maxRejectShare);
  } catch (error) {
    return asRefusal(error as OperatorError);
  }
  if (read.hasTimes || read.report.read === 0) return null;
  return {
    code: 'source-unknown-layout',
    message: `${read.name}: ${NO_TIMES_TEXT}. Only evaluate, drift and data prepare --no-time read it.`,
    remedy: 'Name the column of times, if there is one: --columns time=NAME.',
  };
}

/** How a source was read. */
export function foundIn(read: RatedSource): FoundSource {
  const { raw, values, report, files, movies } = read;
  const { shape } = files;
  const nameOf = (meaning: ColumnMeaning): string | null => {
    const column = shape.columns[meaning];
    if (column === null || typeof column === 'string') return column;
    return shape.names[column] ?? String(column + 1);
  };
  const columns = {
    user: nameOf('user'),
    movie: nameOf('movie'),
    rating: nameOf('rating'),
    time: nameOf('time'),
  };
  const used = COLUMN_MEANINGS.map((meaning) => columns[meaning]);
  return {
    source: read.name,
    layout: read.layout,
    separator: shape.layout === 'parquet' ? null : shape.separator,
    header: shape.layout === 'parquet' || shape.hasHeader,
    converted: files.converted,
    bytes: files.bytes,
    columns,
    otherColumns: shape.names.filter((name) => !used.includes(name)),
    ratings: {
      smallest: values.numbers === 0 ? null : values.smallest,
      largest: values.numbers === 0 ? null : values.largest,
      step: values.offStep > 0 ? 'finer' : hasHalves(raw.stars, read.scale !== null) ? 'half' : 'whole',
      scale: read.scale === null ? null : scaleText(read.scale),
    },
    reading: reportJson(report),
    links: files.links && {
      ...files.links,
      movies: movies.filter(({ links }) => links !== undefined).length,
    },
  };
}

function inspectionOf(read: RatedSource): Inspection {
  const { raw, ratings, report, movies, files, hasTimes } = read;
  const rated = vocabularyOf(ratings.movieIds);
  const span = hasTimes ? timeRange(ratings) : { from: null, to: null };
  return {
    ...foundIn(read),
    ids: raw.names === undefined ? 'numbers' : 'text',
    users: vocabularyOf(ratings.userIds).size,
    movies: rated.size,
    times: { written: read.times, ...span },
    moviesFile: files.movies,
    titles: movies.filter(({ title }) => title !== '').length,
    ratedWithTitle: movies.filter(({ id, title }) => title !== '' && rated.rowOf(id) >= 0).length,
    suspected: report.suspicions.map((each) => `${suspicionText(each)} ${suspicionRemedy(each)}`),
    notes: read.notes,
  };
}

/** Whether any rating is between whole numbers. With a scale that was stated, ratings are stars by now. */
const hasHalves = (stars: Float64Array, isScaled: boolean): boolean =>
  !isScaled && stars.some((value) => !Number.isNaN(value) && !Number.isInteger(value));
