import { join } from 'node:path';
import type { BatchList } from '../../source/batches/batch-list.ts';
import { writeRatings } from '../../source/write-ratings.ts';
import { markFeedback, waitingFeedback } from '../../store/feedback.ts';
import { namesOfRatings } from '../../store/id-names.ts';
import type { Pipeline } from '../pipeline.ts';

/**
 * All ratings that users gave through the API since the last batch, as one batch. They are marked as taken after
 * the ingestion. If a run is interrupted in between, the next run offers them again, and they count as unchanged.
 */
export async function feedbackBatch(
  { store, clock }: Pick<Pipeline, 'store' | 'clock'>,
  directory: string,
): Promise<BatchList> {
  const waiting = await waitingFeedback(store, clock());
  if (waiting === null) return { batches: [], note: 'no new ratings' };
  const { ids, ratings } = waiting;
  const name = `feedback-${ids[0]}-${ids.at(-1)}.parquet`;
  const path = join(directory, name);
  return {
    batches: [
      {
        name,
        taken: false,
        fetch: async () => {
          await writeRatings(path, ratings, { ids: await namesOfRatings(store, ratings) });
          return { path, temporary: [path] };
        },
        settle: async (batchId) => void (await markFeedback(store, ids, batchId)),
      },
    ],
    note: null,
  };
}
