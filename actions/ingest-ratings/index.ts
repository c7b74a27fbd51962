import { withPipeline } from '../open-pipeline.ts';
import { runAction } from '../run-action.ts';
import { ingestRatingsAction } from './action.ts';
import { ingestNewBatches } from './ingest-new-batches.ts';
import { loadInitial } from './load-initial.ts';
import { readSecrets } from './read-secrets.ts';

await runAction(
  ingestRatingsAction,
  { env: process.env, clock: () => new Date(), stopwatch: () => performance.now() },
  (context) => {
    const { initial, secrets } = context.inputs;
    const hasSecret = readSecrets(secrets ?? '');
    return withPipeline(context, 'keep', (opened) =>
      initial === null ? ingestNewBatches(context, opened) : loadInitial(context, opened, initial, hasSecret),
    );
  },
);
