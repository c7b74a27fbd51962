import { OperatorError } from '../lib/errors.ts';
import { REJECT_REASONS, type Reject, type RejectReason, type Rejects } from './raw.ts';
import type { Suspicion } from './suspicions.ts';

/** What was read of a source, and what of it cannot be used. */
export interface ReadingReport {
  readonly read: number;
  readonly kept: number;
  /** Rejected rows by reason; reasons without rows are left out. read = kept + all of them. */
  readonly rejected: Readonly<Partial<Record<RejectReason, number>>>;
  /** Rejected rows but those that a later rating of the same user and movie supersedes. */
  readonly damaged: number;
  /** The first damaged rows, and the first one of every other reason. */
  readonly examples: readonly Reject[];
  /** What the damaged values probably are. */
  readonly suspicions: readonly Suspicion[];
}

/** What a usable value is, by the reason that rejects the others. */
export const EXPECTED: Readonly<Record<RejectReason, string>> = {
  'quotation-invalid': 'a quotation mark that begins a value also ends it',
  'user-id-invalid': 'a user id is a whole number from 0 to 2,147,483,647 (any text under source.ids: text)',
  'movie-id-invalid':
    'a movie id is a whole number from 0 to 2,147,483,647 (any text under source.ids: text)',
  'rating-invalid': 'a rating is 0.5 to 5 by halves',
  'timestamp-invalid': 'a time is from 1995 to now, in seconds since 1970 or as a date',
  superseded: 'a user rates a movie once; the latest rating counts',
};

const FIRST = 3;

/** Counts and shows the rejected rows of a source. */
export function readingReport(
  read: number,
  rejects: Rejects,
  suspicions: readonly Suspicion[],
): ReadingReport {
  const counts = REJECT_REASONS.map((reason) => [reason, rejects.count(reason)] as const);
  const first = rejects.firstDamaged(FIRST);
  const shown = new Set(first.map(({ reason }) => reason));
  const others = rejects.firstOfEach().filter(({ reason }) => reason !== 'superseded' && !shown.has(reason));
  return {
    read,
    kept: read - rejects.length,
    rejected: Object.fromEntries(counts.filter(([, count]) => count > 0)),
    damaged: rejects.damaged,
    examples: [...first, ...others],
    suspicions,
  };
}

/** A report for programs. */
export interface ReportJson
  extends Pick<ReadingReport, 'read' | 'kept' | 'damaged' | 'rejected' | 'examples' | 'suspicions'> {}

export const reportJson = ({
  read,
  kept,
  damaged,
  rejected,
  examples,
  suspicions,
}: ReadingReport): ReportJson => ({ read, kept, damaged, rejected, examples, suspicions });

const count = (value: number): string => value.toLocaleString('en');
const percent = (share: number): string => `${(100 * share).toFixed(1)}%`;

/** `17 rating-invalid, 2 superseded` */
export const rejectedText = ({ rejected }: Pick<ReadingReport, 'rejected'>): string =>
  Object.entries(rejected)
    .map(([reason, rows]) => `${count(rows)} ${reason}`)
    .join(', ');

/** What a suspicion says: what was seen, and the question whether it is this. */
export function suspicionText(suspicion: Suspicion): string {
  switch (suspicion.kind) {
    case 'scale': {
      const { above, ratings, largest, scale, smallest } = suspicion;
      const seen =
        above > 0
          ? `${count(above)} of ${count(ratings)} ratings are above 5, the largest is ${largest}`
          : `all ${count(ratings)} ratings are from ${smallest} to ${largest}`;
      return `${seen}: is this a ${scale.replace(/(?<=\d)-/, '–')} scale?`;
    }
    case 'thumbs':
      return `every rating is ${suspicion.values.join(' or ')}: are these likes and dislikes?`;
    case 'finer-steps':
      return `${count(suspicion.ratings)} ratings are between half stars, such as ${suspicion.example}: are they quarter stars or averages?`;
    case 'zeros':
      return `${count(suspicion.ratings)} ratings are 0: are they ratings, or do they mean that there is none?`;
    case 'future-times':
      return `${count(suspicion.rows)} times are in the future`;
    case 'early-times':
      return `${count(suspicion.rows)} times are before 1995: are they seconds since 1970?`;
  }
}

/** What to do if the suspicion is right. */
export function suspicionRemedy(suspicion: Suspicion): string {
  switch (suspicion.kind) {
    case 'scale':
    case 'thumbs':
    case 'finer-steps':
      return `If so, state it: --scale ${suspicion.scale}, or source.scale in the configuration.`;
    case 'zeros':
      return `If they are ratings, state it: --scale ${suspicion.scale}, or source.scale in the configuration. Otherwise remove these rows.`;
    case 'future-times':
    case 'early-times':
      return 'Look at how the source writes its times: seconds, milliseconds, microseconds and dates with the year first are read.';
  }
}

/**
 * @throws OperatorError `batch-rejected` when more than `maxRejectShare` of the rows are damaged: how many by reason, the
 * rows with the values seen, what was expected, and what they probably are.
 */
export function refuseDamaged(source: string, report: ReadingReport, maxRejectShare: number): void {
  const { damaged, read, examples, suspicions } = report;
  if (damaged <= maxRejectShare * read) return;
  const shown = examples.map(({ rowNumber, reason, content }) => `row ${rowNumber}: ${reason} (${content})`);
  const expected = [...new Set(examples.map(({ reason }) => EXPECTED[reason]))];
  throw new OperatorError(
    'batch-rejected',
    [
      `${source}: ${count(damaged)} of ${count(read)} rows (${percent(damaged / read)}) are damaged; ${percent(maxRejectShare)} are allowed. By reason: ${rejectedText(report)}. First: ${shown.join('; ')}.`,
      `Expected: ${expected.join('; ')}.`,
      ...suspicions.map((suspicion) => `${capital(suspicionText(suspicion))}`),
    ].join(' '),
    [
      'Nothing was stored or written.',
      ...new Set(suspicions.map(suspicionRemedy)),
      ...(suspicions.length > 0
        ? []
        : ['Repair the source, or increase ingest.maxRejectShare if these rows are not needed.']),
    ].join(' '),
  );
}

const capital = (text: string): string =>
  `${text.charAt(0).toUpperCase()}${text.slice(1)}`.replace(/(?<![?.])$/, '.');
