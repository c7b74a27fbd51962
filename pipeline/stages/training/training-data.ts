import type { Config } from '../../config.ts';
import { OperatorError } from '../../lib/errors.ts';
import type { Manifest } from '../../model/manifest.ts';
import { sortByTime } from '../../ratings/order.ts';
import { rowsAmong } from '../../ratings/pairs.ts';
import { concatRatings, emptyRatings, filterRatings, type Ratings } from '../../ratings/ratings.ts';
import { splitByTime } from '../../ratings/split.ts';
import { lastErasure } from '../../store/erasures.ts';
import { type LedgerEntry, listBatches } from '../../store/ledger.ts';
import { activeQuarantines } from '../../store/quarantine.ts';
import { readRevisedPairs, readStoredRatings } from '../../store/read-ratings.ts';
import type { Store } from '../../store/store.ts';

/** The training ratings and the holdout of one training. */
export interface TrainingData {
  readonly training: Ratings;
  /** The newest ratings; neither compared model was trained on them. */
  readonly holdout: Ratings;
  /** New values of ratings that the champion was trained on. They judge no model; only a refit learns from them. */
  readonly revised: Ratings;
  /** All batches of both sets; they are the baseline once the model is promoted. */
  readonly batchIds: readonly number[];
  /** How the two were split, in words. */
  readonly split: string;
  /** Share of the newest ratings that is the holdout; null when the initial load named its holdout. */
  readonly holdoutShare: number | null;
  /** Numbers of the quarantines whose ratings are left out. A batch that is in quarantine as a whole is not in `batchIds`. */
  readonly quarantines: readonly number[];
  /** The last erasure of a user before the ratings were read; 0 before the first. */
  readonly erasure: number;
}

/**
 * Collects the data of the first model. The holdout is that of the initial load, or else the newest share of all
 * ratings.
 *
 * @throws OperatorError `no-training-data` when the store has no ratings.
 */
export async function firstTrainingData(store: Store, config: Config): Promise<TrainingData> {
  const { batches, ...leftOut } = await usableBatches(store);
  const batchIds = batches.map(({ batchId }) => batchId);
  const ids = (isHoldout: boolean): number[] =>
    batches.filter(({ role }) => (role === 'holdout') === isHoldout).map(({ batchId }) => batchId);
  const rest = await readStoredRatings(store, { batchIds: ids(false) });
  if (rest.length === 0) {
    throw new OperatorError(
      'no-training-data',
      'The store has no ratings to train on.',
      'Ingest some first: cinematch ingest FILE.',
    );
  }
  if (ids(true).length > 0) {
    const holdout = await readStoredRatings(store, { batchIds: ids(true) });
    return {
      training: rest,
      holdout,
      revised: emptyRatings(0),
      batchIds,
      split: 'the holdout of the initial load',
      holdoutShare: null,
      ...leftOut,
    };
  }
  const { holdoutShare } = config.gate;
  return {
    ...splitNewest(rest, holdoutShare),
    revised: emptyRatings(0),
    batchIds,
    holdoutShare,
    ...leftOut,
  };
}

/**
 * Collects the data of a challenger: all ratings except the newest share of the buffer, which is the holdout. The share is
 * larger than configured, up to half, until the holdout has `gate.minUsers` users. A
 * rating that replaces one of the champion's training ratings is left out of the holdout, so that neither model has
 * seen the pair.
 *
 * @throws OperatorError `no-training-data` when nothing has arrived since the champion was trained.
 */
export async function challengerTrainingData(store: Store, config: Config): Promise<TrainingData> {
  const { batches, ...leftOut } = await usableBatches(store);
  const ids = (inBuffer: boolean): number[] =>
    batches.filter(({ role }) => (role === 'buffer') === inBuffer).map(({ batchId }) => batchId);
  const buffer = await readStoredRatings(store, { batchIds: ids(true) });
  if (buffer.length === 0) {
    throw new OperatorError(
      'no-training-data',
      'No rating has arrived since the champion was trained, so there is nothing to train or judge a challenger on.',
      'Ingest a batch first: cinematch ingest FILE.',
    );
  }
  const base = await readStoredRatings(store, { batchIds: ids(false) });
  const { holdoutShare, minUsers } = config.gate;
  const share = shareWithUsers(buffer, holdoutShare, minUsers);
  const { training: older, holdout: newer, split } = splitNewest(buffer, share);
  const isRevised = rowsAmong(newer, await readRevisedPairs(store, ids(true)));
  return {
    training: concatRatings([base, older]),
    holdout: filterRatings(newer, (row) => isRevised[row] === 0),
    revised: filterRatings(newer, (row) => isRevised[row] === 1),
    batchIds: batches.map(({ batchId }) => batchId),
    split: `${split} of the buffer`,
    holdoutShare,
    ...leftOut,
  };
}

/** Most of the buffer that is held out. */
const LARGEST_SHARE = 0.5;

/** The smallest share from `least` on whose newest ratings are by `users` users, at most half. */
export function shareWithUsers(ratings: Ratings, least: number, users: number): number {
  const { userIds } = sortByTime(ratings);
  const found = new Set<number>();
  let held = 0;
  while (held < ratings.length && found.size < users) {
    held++;
    found.add(userIds[ratings.length - held] as number);
  }
  return Math.max(least, Math.min(LARGEST_SHARE, held / ratings.length));
}

/** The batches that are not in quarantine as a whole, and what is left out of them. Call it before the ratings are read. */
export async function usableBatches(
  store: Store,
): Promise<{ readonly batches: readonly LedgerEntry[] } & Pick<TrainingData, 'quarantines' | 'erasure'>> {
  const batches = (await listBatches(store)).filter(({ quarantined }) => !quarantined);
  return { batches, quarantines: await activeQuarantines(store), erasure: await lastErasure(store) };
}

/** Splits off the newest share of ratings. All ratings of the boundary second are in the holdout. */
export function splitNewest(
  ratings: Ratings,
  share: number,
): { readonly training: Ratings; readonly holdout: Ratings; readonly split: string } {
  const { boundary } = splitByTime(ratings, 1 - share);
  const isOlder = (row: number): boolean => (ratings.ratedAt[row] as number) < boundary;
  return {
    training: filterRatings(ratings, isOlder),
    holdout: filterRatings(ratings, (row) => !isOlder(row)),
    split: `ratings from ${new Date(boundary * 1000).toISOString()} on (${newestShare(share)})`,
  };
}

const newestShare = (share: number): string => `the newest ${Math.round(share * 100)}%`;

/**
 * Whether a model held out this share of the newest ratings. Manifests of earlier releases have it only in the text
 * of the split, a frozen format.
 */
export function heldOut({ holdoutShare, split }: Manifest['snapshot'], share: number): boolean {
  return holdoutShare === undefined ? split.includes(newestShare(share)) : holdoutShare === share;
}
