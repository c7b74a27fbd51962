import { validateRatings } from '../../ratings/validate.ts';
import { digestSource, readSource } from '../../source/read-source.ts';
import { type IngestOutcome, ingestBatch } from '../../store/ingest-batch.ts';
import { type BatchRole, findBatch, type LedgerEntry } from '../../store/ledger.ts';
import type { Pipeline } from '../pipeline.ts';

/** The result of one ingestion: read = new + updated + unchanged + rejected. The JSON of `cinematch ingest`. */
export interface IngestResult
  extends Pick<
    LedgerEntry,
    'source' | 'role' | 'sha256' | 'read' | 'new' | 'updated' | 'unchanged' | 'rejected'
  > {
  readonly status: IngestOutcome['status'];
  /** The ledger's number for the batch. */
  readonly batch: number;
  readonly seconds: number;
}

type Ingestion = Pick<Pipeline, 'store' | 'config' | 'clock' | 'stopwatch' | 'onProgress'>;

/**
 * Ingests one batch of ratings from a file or folder into the store. The SHA-256 of its content identifies the
 * batch, so a second call with the same content changes nothing. An interrupted call stores nothing.
 *
 * @param name its name in the ledger; by default the name of the file or folder.
 * @throws OperatorError `batch-rejected` when too many rows are damaged, `source-*` when the file cannot be
 * read; in both cases nothing was stored.
 */
export async function ingestRatings(
  { store, config, clock, stopwatch, onProgress }: Ingestion,
  path: string,
  role: BatchRole,
  name?: string,
): Promise<IngestResult> {
  const started = stopwatch();
  const seconds = (): number => (stopwatch() - started) / 1000;
  const sha256 = await digestSource(path, { onProgress });
  const known = await findBatch(store, sha256);
  if (known !== null) return resultOf({ status: 'already-ingested', entry: known }, seconds());

  const source = await readSource(path, { onProgress });
  const now = clock();
  const { ratings, rejects } = validateRatings(source.raw, Math.floor(now.getTime() / 1000));
  const outcome = await ingestBatch(
    store,
    {
      sha256,
      source: name ?? source.name,
      role,
      rowsRead: source.raw.length,
      ratings,
      rejects,
      movies: source.movies,
      ingestedAt: now,
    },
    { maxRejectShare: config.ingest.maxRejectShare, onProgress },
  );
  return resultOf(outcome, seconds());
}

/** A repeated ingestion stores nothing: every valid row is unchanged. */
function resultOf({ status, entry }: IngestOutcome, seconds: number): IngestResult {
  const { batchId: batch, source, role, sha256, read, rejected } = entry;
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
    unchanged: isNew ? entry.unchanged : read - rejected,
    rejected,
    seconds,
  };
}
