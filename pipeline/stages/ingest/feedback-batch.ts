import { join } from 'node:path';
import type { BatchList } from '../../source/batches/batch-list.ts';
import { writeRatings } from '../../source/write-ratings.ts';
import { markFeedback, waitingFeedback } from '../../store/feedback.ts';
import type { Pipeline } from '../pipeline.ts';

/**
 * Everything people rated in the API since the last batch, as one batch. It is marked as taken after it was
 * ingested; when that is cut off between the two, the same rows make the same file, which the ledger knows, or
 * come again with newer ones and count as unchanged.
 */
export async function feedbackBatch(
  { store, clock }: Pick<Pipeline, 'store' | 'clock'>,
  directory: string,
): Promise<BatchList> {
  const waiting = await waitingFeedback(store, clock());
  if (waiting === null) return { batches: [], note: 'no rating waits' };
  const { ids, ratings } = waiting;
  const name = `feedback-${ids[0]}-${ids.at(-1)}.parquet`;
  const path = join(directory, name);
  return {
    batches: [
      {
        name,
        taken: false,
        fetch: async () => {
          await writeRatings(path, ratings);
          return { path, temporary: [path] };
        },
        settle: async (batchId) => void (await markFeedback(store, ids, batchId)),
      },
    ],
    note: null,
  };
}
