import { withPipeline } from '../open-pipeline.ts';
import { runAction } from '../run-action.ts';
import { ingestRatingsAction } from './action.ts';
import { carryOver } from './carry-over.ts';
import { ingestNewBatches } from './ingest-new-batches.ts';
import { loadInitial } from './load-initial.ts';
import { readSecrets } from './read-secrets.ts';

await runAction(
  ingestRatingsAction,
  { env: process.env, clock: () => new Date(), stopwatch: () => performance.now() },
  async (context) => {
    const { initial, secrets } = context.inputs;
    const hasSecret = readSecrets(secrets ?? '');
    // Before the database is opened: one with an unfinished move opens for the move only.
    const carried = context.inputs['carry-over'] === 'true' ? await carryOver(context) : null;
    return withPipeline(context, 'keep', (opened) =>
      initial === null && carried === null
        ? ingestNewBatches(context, opened)
        : loadInitial(context, opened, { dataset: initial ?? 'configured', hasSecret, carried }),
    );
  },
);
