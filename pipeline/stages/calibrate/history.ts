import { OperatorError } from '../../lib/errors.ts';
import type { Movie } from '../../ratings/movie.ts';
import { sortByTime } from '../../ratings/order.ts';
import { concatRatings, filterRatings, type Ratings } from '../../ratings/ratings.ts';
import { splitByTime } from '../../ratings/split.ts';
import type { PreparedDataset } from '../../source/prepare.ts';
import { type LedgerEntry, listBatches } from '../../store/ledger.ts';
import { listModels, type ModelRecord } from '../../store/models.ts';
import { readStoredMovies } from '../../store/read-movies.ts';
import { readStoredRatings } from '../../store/read-ratings.ts';
import type { Store } from '../../store/store.ts';

/** The ratings of a project in the order in which they arrived: what a replay lives through. */
export interface RatingsHistory {
  /** The training part and the holdout of the initial load. */
  readonly train: Ratings;
  readonly test: Ratings;
  /** The batches after it, the oldest first. None is empty. */
  readonly batches: readonly Ratings[];
  /** When each batch arrived. */
  readonly arrivedAt: readonly Date[];
  readonly movies: readonly Movie[];
}

/** With fewer batches there is nothing to choose settings by. */
export const FEWEST_BATCHES = 3;

const WEEK_MS = 7 * 86_400_000;

/** The history of a data set that was split into batches, one a week from `begin` on. */
export function preparedHistory(
  { train, test, batches }: PreparedDataset,
  movies: readonly Movie[],
  begin: Date,
): RatingsHistory {
  const filled = batches.filter(({ length }) => length > 0);
  const arrivedAt = filled.map((_, week) => new Date(begin.getTime() + (week + 1) * WEEK_MS));
  return requireBatches({ train, test, batches: filled, arrivedAt, movies }, 'Ask for more: --weeks 8.');
}

/**
 * The history in the store: what the first model was trained on and judged by, and one batch for each other entry of the
 * ledger. A rating that was changed later counts in the batch that changed it, because only its current value is stored. Changes nothing.
 *
 * @param holdoutShare share of the initial load that is its holdout when it named none.
 */
export async function storedHistory(store: Store, holdoutShare: number): Promise<RatingsHistory> {
  const entries = await listBatches(store);
  const first = (await listModels(store))
    .filter(({ manifest }) => manifest.parent === null)
    .reduce<ModelRecord | null>(
      (least, model) => (least && least.version < model.version ? least : model),
      null,
    );
  const isInitial = ({ batchId, role }: LedgerEntry): boolean =>
    first === null ? role !== 'buffer' : first.manifest.snapshot.batches.includes(batchId);
  const read = (some: readonly LedgerEntry[]): Promise<Ratings> =>
    readStoredRatings(store, { batchIds: some.map(({ batchId }) => batchId) });
  const initial = entries.filter(isInitial);
  const load = await read(initial.filter(({ role }) => role === 'train'));
  // A promotion turns the holdout of the initial load into a baseline.
  const holdout = await read(initial.filter(({ role }) => role !== 'train'));
  const { older, newer } = splitByTime(load, 1 - holdoutShare);
  const [train, test] = holdout.length > 0 ? [load, holdout] : [older, newer];
  const batches: Ratings[] = [];
  const arrivedAt: Date[] = [];
  for (const entry of entries.filter((one) => !isInitial(one))) {
    const ratings = await read([entry]);
    if (ratings.length === 0) continue;
    batches.push(sortByTime(ratings));
    arrivedAt.push(entry.ingestedAt);
  }
  return requireBatches(
    { train, test, batches, arrivedAt, movies: await readStoredMovies(store) },
    'Wait for more batches, or replay files: cinematch drift calibrate --data PATH --weeks 8.',
  );
}

function requireBatches(history: RatingsHistory, remedy: string): RatingsHistory {
  const initial = history.train.length + history.test.length;
  if (initial > 0 && history.train.length > 0 && history.batches.length >= FEWEST_BATCHES) return history;
  throw new OperatorError(
    'usage',
    `There is too little history to replay: ${initial} ratings of the initial load and ${history.batches.length} batches after it; at least ${FEWEST_BATCHES} batches are needed.`,
    remedy,
  );
}

/** Multiplicative hashing of user ids: D. E. Knuth, The Art of Computer Programming, volume 3, section 6.4. */
const HASH_FACTOR = 2_654_435_761;

/**
 * The ratings of a sample of the users, the same in every part, when there are more than `most` ratings: a replay fits
 * dozens of models.
 */
export function sampledHistory(history: RatingsHistory, most: number): RatingsHistory {
  const { train, test, batches } = history;
  const share = most / countHistory(history);
  if (share >= 1) return history;
  const isIn = (userId: number): boolean => Math.imul(userId, HASH_FACTOR) >>> 0 < share * 2 ** 32;
  const sample = (ratings: Ratings): Ratings =>
    filterRatings(ratings, (row) => isIn(ratings.userIds[row] as number));
  const sampled = batches.map(sample);
  return {
    ...history,
    train: sample(train),
    test: sample(test),
    batches: sampled.filter(({ length }) => length > 0),
    arrivedAt: history.arrivedAt.filter((_, week) => (sampled[week] as Ratings).length > 0),
  };
}

export const countHistory = ({ train, test, batches }: RatingsHistory): number =>
  [train, test, ...batches].reduce((total, { length }) => total + length, 0);

/** All ratings: the initial load in order of time, then the batches. */
export const allRatings = ({ train, test, batches }: RatingsHistory): Ratings =>
  concatRatings([sortByTime(concatRatings([train, test])), ...batches]);
