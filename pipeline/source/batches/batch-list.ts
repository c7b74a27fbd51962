/** One batch of a batch source. */
export interface AvailableBatch {
  /** Its name in the ledger. */
  readonly name: string;
  /** Whether it was ingested before. */
  readonly taken: boolean;
  /** Downloads it if necessary and returns its path. */
  fetch(): Promise<FetchedBatch>;
  /** Called with the batch id after the batch was ingested. After a crash it may be called again. */
  settle?(batchId: number): Promise<void>;
}

export interface FetchedBatch {
  readonly path: string;
  /** Temporary files of this batch. They can be deleted after it was ingested. */
  readonly temporary: readonly string[];
}

/** The batches of a source, oldest first. */
export interface BatchList {
  readonly batches: readonly AvailableBatch[];
  /** A note for the user, or null. */
  readonly note: string | null;
}

/** Recognises batches of the ledger by content or name. */
export interface KnownBatches {
  hasContent(sha256: string): boolean;
  hasName(name: string): boolean;
}

const collator = new Intl.Collator('en', { numeric: true });

/** Compares names so that `week-2` comes before `week-10`. */
export function byName(a: string, b: string): number {
  return collator.compare(a, b) || (a < b ? -1 : a > b ? 1 : 0);
}
