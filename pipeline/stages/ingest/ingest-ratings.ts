import type { Config } from '../../config.ts';
import { OperatorError } from '../../lib/errors.ts';
import { batchProfile } from '../../quality/batch-profile.ts';
import { isSevere, type QualityFinding, qualityText } from '../../quality/finding.ts';
import { judgeBatch, judgeKnownRows } from '../../quality/judge-batch.ts';
import type { SourceNames } from '../../ratings/id-names.ts';
import type { Ratings } from '../../ratings/ratings.ts';
import { type ReportJson, reportJson } from '../../ratings/reading-report.ts';
import { type FoundSource, foundIn } from '../../source/inspect.ts';
import { ownReading, readingOf, readRatedSource } from '../../source/read-rated-source.ts';
import { identifySource } from '../../source/read-source.ts';
import type { IdReading } from '../../source/text-ids.ts';
import { foreseenIds, readIdKind, requireIdKind, withIds } from '../../store/id-names.ts';
import { type IngestOutcome, ingestBatch } from '../../store/ingest-batch.ts';
import { keepOutErased } from '../../store/keep-out-erased.ts';
import { type BatchRole, findBatch, isPackedRole, type LedgerEntry } from '../../store/ledger.ts';
import { requireRoom } from '../../store/size.ts';
import type { Store } from '../../store/store.ts';
import { requireDatabaseOfForge } from '../champion/champion.ts';
import type { Pipeline } from '../pipeline.ts';
import { readTrainingProfile } from './training-profile.ts';

/** The result of one ingestion: read = new + updated + unchanged + rejected + erased. The JSON of `cinematch ingest`. */
export interface IngestResult
  extends Pick<
    LedgerEntry,
    | 'source'
    | 'role'
    | 'sha256'
    | 'read'
    | 'new'
    | 'updated'
    | 'unchanged'
    | 'rejected'
    | 'erased'
    | 'quality'
  > {
  readonly status: IngestOutcome['status'];
  /** The ledger's number for the batch. */
  readonly batch: number;
  readonly seconds: number;
  /** What was read of the source, and why rows were rejected; left out for a batch that was ingested before. */
  readonly reading?: ReportJson;
  /** What was found in the source; left out for a batch that was ingested before. */
  readonly found?: FoundSource;
}

type Ingestion = Pick<Pipeline, 'store' | 'forge' | 'config' | 'clock' | 'stopwatch' | 'onProgress'>;

/**
 * Ingests one batch of ratings from a file or folder into the store. The SHA-256 of its content identifies the
 * batch, so a second call with the same content changes nothing. An interrupted call stores nothing.
 *
 * @param name its name in the ledger; by default the name of the file or folder.
 * @throws OperatorError `batch-rejected` when too many rows are damaged or a severe finding stops the batch, `source-*`
 * when the file cannot be read, `store-full` when the batch does not fit into the database, `state-conflict` when its ids
 * are of another kind than those of the database, `model-unknown` when the database is new but a model was released
 * before; nothing was stored in these cases.
 */
export async function ingestRatings(
  { store, forge, config, clock, stopwatch, onProgress }: Ingestion,
  path: string,
  role: BatchRole,
  name?: string,
  prepared?: PreparedFrom,
): Promise<IngestResult> {
  const started = stopwatch();
  const seconds = (): number => (stopwatch() - started) / 1000;
  const { scale, ...reading } = prepared === undefined ? readingOf(config) : ownReading(readingOf(config));
  const { sha256, files } = await identifySource(path, { columns: reading.columns, onProgress });
  const known = await findBatch(store, sha256);
  if (known !== null) {
    const stated = prepared === undefined ? scale : prepared.scale;
    requireSameScale(name ?? path, known, stated, store);
    return resultOf({ status: 'already-ingested', entry: known }, seconds());
  }

  await requireDatabaseOfForge({ store, forge });
  const ids = await idsOf(store, config);
  const ingestedAt = clock();
  const source = await readRatedSource(path, {
    ...reading,
    scale,
    onProgress,
    unchanged: files,
    ids,
    now: ingestedAt,
  });
  const { rejects, report } = source;
  const { names } = source.raw;
  // No finding names a user who was erased.
  const { ratings, rowsErased } = await keepOutErased(store.sql, { ratings: source.ratings, names });
  const now = Math.floor(ingestedAt.getTime() / 1000);
  const found = foundIn(source);
  const training = await readTrainingProfile(store);
  const read = { raw: source.raw, damaged: rejects.damaged, ...(await foreseen(store, ratings, names)) };
  const quality = judgeBatch(batchProfile(read, training, now), training, config.quality);
  const batch = { source: name ?? source.name, rowsRead: source.raw.length, rejects, rowsErased, quality };
  if (config.quality.onSevere === 'stop') refuseSevere(batch.source, quality);
  const room = { source: batch.source, ratings: ratings.length, names, isPacked: isPackedRole(role) };
  await requireRoom(store, room, config.store.limitMegabytes);
  const outcome = await ingestBatch(
    store,
    {
      sha256,
      ...batch,
      role,
      scale: prepared === undefined ? scale : prepared.scale,
      ratings,
      names,
      movies: source.movies,
      ingestedAt,
      judgeKnown: (known) => judgeKnownRows(known, ratings.length, training),
    },
    { maxRejectShare: config.ingest.maxRejectShare, onProgress },
  );
  return { ...resultOf(outcome, seconds()), reading: reportJson(report), found };
}

/** A file that was prepared from a source: it has stars already. */
export interface PreparedFrom {
  /** The scale that was stated for the source, or null. */
  readonly scale: string | null;
}

/** @throws OperatorError `state-conflict` when the same content was ingested with another scale. */
function requireSameScale(source: string, known: LedgerEntry, scale: string | null, store: Store): void {
  if (known.scale === scale) return;
  const text = (each: string | null): string => (each === null ? 'as stars' : `with the scale ${each}`);
  throw new OperatorError(
    'state-conflict',
    `${source} was ingested before ${text(known.scale)}, as batch ${known.batchId} of ${store.description}; now it is to be read ${text(scale)}.`,
    `Nothing was stored. If batch ${known.batchId} is wrong, take its ratings out: cinematch quarantine --help. Then add the ratings as another file.`,
  );
}

/**
 * How the ids of a batch are read: as in the earlier batches.
 *
 * @throws OperatorError `state-conflict` when the configuration says otherwise.
 */
async function idsOf(store: Store, { source }: Config): Promise<IdReading> {
  if (source.ids !== 'auto') await requireIdKind(store.sql, source.ids, store);
  return (await readIdKind(store.sql)) ?? source.ids;
}

/** The ratings with the ids that they will have in the store, and what a user is called. */
async function foreseen(
  store: Store,
  ratings: Ratings,
  names: SourceNames | undefined,
): Promise<{ readonly ratings: Ratings; readonly userName?: (userId: number) => string }> {
  if (names === undefined) return { ratings };
  const ids = await foreseenIds(store, names);
  const userName = (id: number): string => names.users[ids.users.indexOf(id)] ?? String(id);
  return { ratings: withIds(ratings, ids), userName };
}

/** @throws OperatorError `batch-rejected` with every severe finding. */
function refuseSevere(source: string, quality: readonly QualityFinding[]): void {
  const severe = quality.filter(isSevere);
  if (severe.length === 0) return;
  throw new OperatorError(
    'batch-rejected',
    `${source}: ${severe.map(qualityText).join('. ')}.`,
    `Nothing was stored. ${severe.map(({ remedy }) => remedy).join(' ')} If the ratings are right, set quality.onSevere to "mark": the batch is then stored with its finding.`,
  );
}

/** A repeated ingestion stores nothing: every valid row is unchanged. */
function resultOf({ status, entry }: IngestOutcome, seconds: number): IngestResult {
  const { batchId: batch, source, role, sha256, read, rejected, erased, quality } = entry;
  const isNew = status === 'ingested';
  return {
    status,
    batch,
    source,
    role,
    sha256,
    read,
    new: isNew ? entry.new : 0,
    updated: isNew ? entry.updated : 0,
    unchanged: isNew ? entry.unchanged : read - rejected - erased,
    rejected,
    erased,
    quality,
    seconds,
  };
}
