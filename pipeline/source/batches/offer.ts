/** One batch that a source has to offer. */
export interface OfferedBatch {
  /** What the ledger calls it. */
  readonly name: string;
  /** Whether the ledger has it already. */
  readonly taken: boolean;
  /** Brings it to this machine and returns where it is. */
  fetch(): Promise<FetchedBatch>;
  /** Told the ledger's number of the batch once it is there. May be told again after a crash. */
  settle?(batchId: number): Promise<void>;
}

export interface FetchedBatch {
  readonly path: string;
  /** Files that were made for this batch alone and may go once it is ingested. */
  readonly temporary: readonly string[];
}

/** What a source has to offer, oldest batch first. */
export interface Offer {
  readonly batches: readonly OfferedBatch[];
  /** What a person should know besides, or null. */
  readonly note: string | null;
}

/** What the ledger holds, as far as it takes to recognise a batch without reading it. */
export interface KnownBatches {
  hasContent(sha256: string): boolean;
  hasName(name: string): boolean;
}

const collator = new Intl.Collator('en', { numeric: true });

/** Compares names so that `week-2` comes before `week-10`. */
export function byName(a: string, b: string): number {
  return collator.compare(a, b) || (a < b ? -1 : a > b ? 1 : 0);
}
