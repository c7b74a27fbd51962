import type { TrainingProfile } from '../../quality/finding.ts';
import { mergeSummaries } from '../../ratings/summary.ts';
import { type LedgerEntry, listBatches } from '../../store/ledger.ts';
import type { Store } from '../../store/store.ts';
import { selectSummaries } from '../../store/summaries.ts';

/**
 * What the ratings that the champion was trained on look like; before the first model, all ratings. Null before the
 * first batch.
 */
export async function readTrainingProfile(store: Store): Promise<TrainingProfile | null> {
  const all = (await listBatches(store)).filter(isTimed);
  const learned = all.filter(({ role }) => role !== 'buffer');
  const batches = learned.length > 0 ? learned : all;
  const newest = all.reduce<TimedEntry | null>(
    (latest, entry) => (latest === null || entry.lastRatedAt > latest.lastRatedAt ? entry : latest),
    null,
  );
  if (newest === null) return null;
  const summaries = await selectSummaries(
    store.sql,
    batches.map(({ batchId }) => batchId),
  );
  const sum = (of: (entry: LedgerEntry) => number): number =>
    batches.reduce((total, entry) => total + of(entry), 0);
  return {
    summary: mergeSummaries([...summaries.values()]),
    read: sum(({ read }) => read),
    rejected: sum(({ rejected }) => rejected),
    unchanged: sum(({ unchanged }) => unchanged),
    from: Math.min(...batches.map(({ firstRatedAt }) => firstRatedAt)),
    to: Math.max(...batches.map(({ lastRatedAt }) => lastRatedAt)),
    newest: { ratedAt: newest.lastRatedAt, name: `batch ${newest.batchId}` },
  };
}

type TimedEntry = LedgerEntry & { readonly firstRatedAt: number; readonly lastRatedAt: number };

/** Whether a batch has any rating. */
const isTimed = (entry: LedgerEntry): entry is TimedEntry =>
  entry.firstRatedAt !== null && entry.lastRatedAt !== null;
