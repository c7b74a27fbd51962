import type { Config } from '../../config.ts';
import { OperatorError } from '../../lib/errors.ts';
import type { Manifest } from '../../model/manifest.ts';
import { concatRatings, filterRatings, type Ratings } from '../../ratings/ratings.ts';
import { splitByTime } from '../../ratings/split.ts';
import { listBatches } from '../../store/ledger.ts';
import { readRatings, readRevisedPairs } from '../../store/read-ratings.ts';
import type { Store } from '../../store/store.ts';

/** The ratings of one training: what the model learns from, and what it is judged by. */
export interface TrainingData {
  readonly training: Ratings;
  /** Newest ratings; no model that is judged by them has been trained on any of them. */
  readonly holdout: Ratings;
  /** Every batch the two were taken from: baseline once the model is promoted. */
  readonly batchIds: readonly number[];
  /** How they were told apart, in words. */
  readonly split: string;
  /** Share of the newest ratings that is the holdout; null when the initial load named its holdout. */
  readonly holdoutShare: number | null;
}

/**
 * Gathers the data of the first model. Where the initial load named a holdout, that is the holdout; otherwise
 * the newest share of everything is.
 *
 * @throws OperatorError `no-training-data` when the store holds no ratings.
 */
export async function firstTrainingData(store: Store, config: Config): Promise<TrainingData> {
  const batches = await listBatches(store);
  const batchIds = batches.map(({ batchId }) => batchId);
  const ids = (isHoldout: boolean): number[] =>
    batches.filter(({ role }) => (role === 'holdout') === isHoldout).map(({ batchId }) => batchId);
  const rest = await readRatings(store, { batchIds: ids(false) });
  if (rest.length === 0) {
    throw new OperatorError(
      'no-training-data',
      'The store holds no ratings to train on.',
      'Ingest some first: cinematch ingest FILE.',
    );
  }
  if (ids(true).length > 0) {
    const holdout = await readRatings(store, { batchIds: ids(true) });
    return {
      training: rest,
      holdout,
      batchIds,
      split: 'the holdout of the initial load',
      holdoutShare: null,
    };
  }
  const { holdoutShare } = config.gate;
  return { ...splitNewest(rest, holdoutShare), batchIds, holdoutShare };
}

/**
 * Gathers the data of a challenger: everything known, less the newest share of the buffer, which decides
 * between it and the champion. A rating that replaced one the champion was trained on is left out of the
 * holdout, so that neither model has seen the pair; it still counts for training.
 *
 * @throws OperatorError `no-training-data` when nothing has arrived since the champion was trained.
 */
export async function challengerTrainingData(store: Store, config: Config): Promise<TrainingData> {
  const batches = await listBatches(store);
  const ids = (inBuffer: boolean): number[] =>
    batches.filter(({ role }) => (role === 'buffer') === inBuffer).map(({ batchId }) => batchId);
  const buffer = await readRatings(store, { batchIds: ids(true) });
  if (buffer.length === 0) {
    throw new OperatorError(
      'no-training-data',
      'No rating has arrived since the champion was trained, so a challenger could learn nothing new and nothing could judge it.',
      'Ingest a batch first: cinematch ingest FILE.',
    );
  }
  const base = await readRatings(store, { batchIds: ids(false) });
  const { holdoutShare } = config.gate;
  const { training: older, holdout: newer, split } = splitNewest(buffer, holdoutShare);
  const revised = await revisedPairs(store, ids(true));
  const isRevised = (row: number): boolean =>
    revised.has(pairKey(newer.userIds[row] as number, newer.movieIds[row] as number));
  return {
    training: concatRatings([base, older]),
    holdout: revised.size === 0 ? newer : filterRatings(newer, (row) => !isRevised(row)),
    batchIds: batches.map(({ batchId }) => batchId),
    split: `${split} of the buffer`,
    holdoutShare,
  };
}

function splitNewest(
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
 * Whether a model held out this share of the newest ratings. The manifests of earlier releases say it only in
 * their sentence about the split, which is a frozen format for them.
 */
export function heldOut({ holdoutShare, split }: Manifest['snapshot'], share: number): boolean {
  return holdoutShare === undefined ? split.includes(newestShare(share)) : holdoutShare === share;
}

const pairKey = (user: number, movie: number): string => `${user}:${movie}`;

async function revisedPairs(store: Store, batchIds: readonly number[]): Promise<ReadonlySet<string>> {
  const { userIds, movieIds } = await readRevisedPairs(store, batchIds);
  return new Set(Array.from(userIds, (user, row) => pairKey(user, movieIds[row] as number)));
}
