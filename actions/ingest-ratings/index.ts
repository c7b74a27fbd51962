import { withPipeline } from '../open-pipeline.ts';
import { runAction } from '../run-action.ts';
import { ingestRatings } from './action.ts';
import { loadInitial } from './load-initial.ts';
import { takeWhatIsNew } from './take-what-is-new.ts';

await runAction(ingestRatings, { env: process.env, clock: () => new Date() }, (context) =>
  withPipeline(context, 'change', (opened) =>
    context.inputs.initial === null
      ? takeWhatIsNew(context, opened)
      : loadInitial(context, opened, context.inputs.initial),
  ),
);
