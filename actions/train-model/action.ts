import { pipelineInputs } from '../common-inputs.ts';
import { choice, defineAction, natural } from '../inputs.ts';

export const trainModel = defineAction({
  name: 'train-model',
  description:
    'One step of a training: export the ratings, train, evaluate, or read the verdict of the gate.',
  explanation: `A training is four jobs that hand artifacts to each other, so that what trains holds no secret and what holds secrets runs for a moment.

| Step | Needs | Reads | Leaves |
| --- | --- | --- | --- |
| \`export\` | the database | ledger and ratings | artifact \`training-set\` |
| \`train\` | nothing | \`training-set\` | artifact \`fitted-model\` |
| \`evaluate\` | the champion's release | \`training-set\`, \`fitted-model\` | artifact \`candidate\`: the model with its metrics and the gate's decision |
| \`gate\` | nothing | \`candidate\` | the verdict as an output |

\`export\` first looks whether there is anything to do: an answered issue, a challenger that waits for its deployment, or one that the gate refused on the very same ratings make the rest of the run unnecessary, and \`status\` says which it was.`,
  inputs: {
    ...pipelineInputs,
    step: choice('Which step this job is.', ['export', 'train', 'evaluate', 'gate']),
    reason: choice(
      'Why there is a training; the gate is stricter with `manual`.',
      ['drift', 'manual'],
      'manual',
    ),
    issue: natural.optional('The drift issue that asked for it.'),
  },
  outputs: {
    status:
      '`train` when there is something to train; otherwise why not: `answered`, `awaiting-deployment`, `refused-before`, `nothing-new`.',
    version: 'Version of the model in the making, or of the one that waits for its deployment.',
    outcome: '`promote` or `refuse`, from `gate`.',
  },
});
