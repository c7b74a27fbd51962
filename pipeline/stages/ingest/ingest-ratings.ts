import type { Config } from '../../config.ts';
import type { OnProgress } from '../../lib/progress.ts';
import type { Stopwatch } from '../../lib/stopwatch.ts';
import { validateRatings } from '../../ratings/validate.ts';
import { digestSource, readSource } from '../../source/read-source.ts';
import { findBatch, ingestBatch } from '../../store/ingest-batch.ts';
import type { BatchRole, LedgerEntry } from '../../store/ledger.ts';
import type { Store } from '../../store/store.ts';

/** The result of one ingestion: read = new + updated + unchanged + rejected. The JSON of `cinematch ingest`. */
export interface IngestResult {
  readonly status: 'ingested' | 'already-ingested';
  /** The ledger's number for the batch. */
  readonly batch: number;
  readonly source: string;
  readonly role: BatchRole;
  readonly sha256: string;
  readonly read: number;
  readonly new: number;
  readonly updated: number;
  readonly unchanged: number;
  readonly rejected: number;
  readonly seconds: number;
}

interface Ingestion {
  readonly store: Store;
  readonly config: Config;
  readonly clock: () => Date;
  readonly stopwatch: Stopwatch;
  readonly onProgress: OnProgress;
}

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
  const { sha256 } = await digestSource(path, { onProgress });
  const known = await findBatch(store, sha256);
  if (known !== null) return repeated(known, seconds());

  const source = await readSource(path, { onProgress, sha256 });
  const now = clock();
  const { ratings, rejects } = validateRatings(source.raw, Math.floor(now.getTime() / 1000));
  const { status, entry } = await ingestBatch(
    store,
    {
      sha256: source.sha256,
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
  return status === 'ingested' ? result(status, entry, seconds()) : repeated(entry, seconds());
}

function result(status: IngestResult['status'], entry: LedgerEntry, seconds: number): IngestResult {
  const { batchId, source, role, sha256, read, updated, unchanged, rejected } = entry;
  return {
    status,
    batch: batchId,
    source,
    role,
    sha256,
    read,
    new: entry.new,
    updated,
    unchanged,
    rejected,
    seconds,
  };
}

/** A repeated ingestion stores nothing: every valid row is unchanged. */
function repeated(entry: LedgerEntry, seconds: number): IngestResult {
  return {
    ...result('already-ingested', entry, seconds),
    new: 0,
    updated: 0,
    unchanged: entry.read - entry.rejected,
  };
}
