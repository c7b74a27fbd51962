import type { Config } from '../config.ts';
import type { Ratings } from '../ratings/ratings.ts';
import type { Rejects } from '../ratings/raw.ts';
import { type ReadingReport, readingReport, refuseDamaged } from '../ratings/reading-report.ts';
import type { Suspicion } from '../ratings/suspicions.ts';
import { EARLIEST, validateRatings } from '../ratings/validate.ts';
import { readSource, type Source, type SourceOptions } from './read-source.ts';

/** A source whose usable ratings are separated from the rows that cannot be used. */
export interface RatedSource extends Source {
  readonly ratings: Ratings;
  readonly rejects: Rejects;
  readonly report: ReadingReport;
}

/** What a rating must be to be used, and how many may not be. */
export interface RatingRules {
  /** Later ratings are rejected. */
  readonly now: Date;
  /** A source with a larger share of damaged rows is refused; 1 refuses none. */
  readonly maxRejectShare: number;
}

/** How sources are read by a configuration. */
export const readingOf = ({ source, ingest }: Pick<Config, 'source' | 'ingest'>) => ({
  ids: source.ids,
  scale: source.scale,
  columns: source.columns,
  maxRejectShare: ingest.maxRejectShare,
});
export type Reading = ReturnType<typeof readingOf>;

/** How files are read that this program wrote, in stars and with its own names of columns. */
export const ownReading = ({ ids, maxRejectShare }: Pick<Reading, 'ids' | 'maxRejectShare'>): Reading => ({
  ids,
  scale: null,
  columns: {},
  maxRejectShare,
});

/**
 * Reads the ratings and movies of a file or folder and separates valid ratings from rejects. Every command that reads
 * ratings reads them here, so that all of them accept and refuse the same.
 *
 * @throws OperatorError `source-unreadable`, `source-unknown-layout`, `usage` for wrong columns or scales, `batch-rejected`
 * when too many rows are damaged.
 */
export async function readRatedSource(
  path: string,
  options: RatingRules & SourceOptions,
): Promise<RatedSource> {
  return rateSource(await readSource(path, options), options);
}

/**
 * Separates the valid ratings of a source from the rows that cannot be used.
 *
 * @throws OperatorError `batch-rejected` when too many rows are damaged.
 */
export function rateSource(source: Source, { now, maxRejectShare }: RatingRules): RatedSource {
  const seconds = Math.floor(now.getTime() / 1000);
  const { raw, hasTimes, suspicion } = source;
  const { ratings, rejects } = validateRatings(raw, hasTimes ? seconds : null);
  const suspicions = [
    ...(suspicion === null || rejects.count('rating-invalid') === 0 ? [] : [suspicion]),
    ...(rejects.count('timestamp-invalid') === 0 ? [] : timeSuspicions(raw.timestamps, seconds)),
  ];
  const report = readingReport(raw.length, rejects, suspicions);
  refuseDamaged(source.name, report, maxRejectShare);
  return { ...source, ratings, rejects, report };
}

function timeSuspicions(times: Float64Array, now: number): readonly Suspicion[] {
  let [future, early] = [0, 0];
  for (const time of times) {
    if (time > now) future++;
    if (time < EARLIEST) early++;
  }
  return [
    ...(future === 0 ? [] : [{ kind: 'future-times', rows: future } as const]),
    ...(early === 0 ? [] : [{ kind: 'early-times', rows: early } as const]),
  ];
}
