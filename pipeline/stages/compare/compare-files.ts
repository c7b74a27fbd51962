import type { Config } from '../../config.ts';
import type { DriftCheck } from '../../drift/signal.ts';
import type { OnProgress } from '../../lib/progress.ts';
import { batchProfile } from '../../quality/batch-profile.ts';
import type { BatchFinding, TrainingProfile } from '../../quality/finding.ts';
import { judgeBatch, judgeKnownRows } from '../../quality/judge-batch.ts';
import { countKnownRows } from '../../ratings/known-rows.ts';
import { type ReportJson, reportJson } from '../../ratings/reading-report.ts';
import { timeRange } from '../../ratings/snapshot.ts';
import { summariseRatings } from '../../ratings/summary.ts';
import { readComparedSources } from '../../source/read-compared.ts';
import { type RatedSource, rateSource, readingOf } from '../../source/read-rated-source.ts';
import type { Source } from '../../source/read-source.ts';
import { compareRatings } from './compare-ratings.ts';
import { withNames } from './named-parts.ts';

/** What was read of a compared file. */
export interface ComparedFile {
  readonly file: string;
  readonly read: number;
  /** Rows that are left out: damaged ones, and ratings that a later one of the same user and movie supersedes. */
  readonly rejected: number;
  /** Whether its ratings have times. */
  readonly hasTimes: boolean;
  /** Rows by what became of them. */
  readonly reading: ReportJson;
}

/** A drift check of files against a file. The `batch` of a finding is 0 for the baseline, then 1, 2, … */
export interface FileComparison {
  /** Users and movies are named as in the files. */
  readonly check: DriftCheck;
  readonly baseline: ComparedFile;
  readonly current: readonly ComparedFile[];
  /** The same check for a report: movies have numbers, which have titles. */
  readonly shown: DriftCheck;
  readonly movieTitle: (id: number) => string;
}

/** One file after validation. The rows as they were read are not kept. */
interface ReadFile
  extends Pick<RatedSource, 'name' | 'hasTimes' | 'movies' | 'ratings' | 'rejects' | 'report'> {
  /** Number of rows. */
  readonly rows: number;
}

/**
 * Compares files with a file. They pass the same gate as a batch: too many damaged rows refuse a file, and what is wrong
 * with it apart from drift is found. A severe finding marks the check, which stores nothing and so spoils nothing.
 *
 * @param files.current oldest first.
 * @param options.now later ratings are damaged.
 * @throws OperatorError `batch-rejected` when too many rows are damaged, `source-*` when a file cannot be read, `usage`
 * when a named column does not exist or a file has no usable ratings.
 */
export async function compareFiles(
  files: { readonly baseline: string; readonly current: readonly string[] },
  config: Pick<Config, 'drift' | 'ingest' | 'quality' | 'source'>,
  options: { readonly now: Date; readonly onProgress?: OnProgress },
): Promise<FileComparison> {
  const { now, onProgress } = options;
  const reading = readingOf(config);
  const { sources, userName, movieName } = await readComparedSources([files.baseline, ...files.current], {
    ...reading,
    times: 'optional',
    onProgress,
  });
  const quality: BatchFinding[] = [];
  const read: ReadFile[] = [];
  for (let batch = 0; sources.length > 0; batch++) {
    // Nothing is stored, so a severe finding alone refuses no file: it marks the check.
    const { raw, ...source } = rateSource(sources.shift() as Source, { ...reading, now });
    const file = { ...source, rows: raw.length };
    const { damaged } = file.rejects;
    const earlier = read.map(({ ratings }) => ratings);
    const profile = read[0] === undefined ? null : profileOf(read[0], read);
    const judged = batchProfile(
      {
        raw,
        ratings: file.ratings,
        damaged,
        hasTimes: source.hasTimes,
        userName,
      },
      profile,
      Math.floor(now.getTime() / 1000),
    );
    const findings = [
      ...judgeBatch(judged, profile, config.quality),
      ...judgeKnownRows(countKnownRows(file.ratings, earlier), file.ratings.length, profile),
    ];
    quality.unshift(...findings.map((finding) => ({ batch, ...finding })));
    read.push(file);
  }
  const [baseline, ...current] = read as [ReadFile, ...ReadFile[]];
  const check = compareRatings(baseline, current, config.drift, quality);
  const titles = new Map(read.flatMap(({ movies }) => movies.map(({ id, title }) => [id, title])));
  return {
    check: withNames(check, userName, movieName),
    baseline: countsOf(baseline),
    current: current.map(countsOf),
    shown: withNames(check, userName, String),
    movieTitle: (id) => titles.get(id) ?? `movie ${movieName(id)}`,
  };
}

const countsOf = ({ name, rows, hasTimes, rejects, report }: ReadFile): ComparedFile => ({
  file: name,
  read: rows,
  rejected: rejects.length,
  hasTimes,
  reading: reportJson(report),
});

/** What the baseline looks like, for the files after it. Without times nothing can be early or out of order. */
function profileOf(baseline: ReadFile, earlier: readonly ReadFile[]): TrainingProfile {
  const { from, to } = timesOf(baseline);
  const newest = earlier
    .map((file) => ({ ratedAt: timesOf(file).to ?? Number.NEGATIVE_INFINITY, name: file.name }))
    .reduce((latest, file) => (file.ratedAt > latest.ratedAt ? file : latest));
  return {
    summary: summariseRatings(baseline.ratings),
    read: baseline.rows,
    rejected: baseline.rejects.length,
    unchanged: 0,
    from: from ?? Number.NEGATIVE_INFINITY,
    to: to ?? Number.POSITIVE_INFINITY,
    newest,
  };
}

const timesOf = ({ hasTimes, ratings }: ReadFile) =>
  hasTimes ? timeRange(ratings) : { from: null, to: null };
