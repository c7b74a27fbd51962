import { REQUEST_REASONS } from '../../pipeline/lib/training-reason.ts';
import { pipelineInputs } from '../common-inputs.ts';
import { choice, defineAction, natural } from '../inputs.ts';

export const trainModelAction = defineAction({
  name: 'train-model',
  description:
    'One step of a training: export the ratings, train, evaluate, or read the decision of the gate.',
  explanation: `A training is four jobs that pass artifacts to each other. The job that trains has no secrets, and the jobs with secrets are short.

| Step | Needs | Reads | Writes |
| --- | --- | --- | --- |
| \`export\` | the database | ledger and ratings | artifact \`training-set\` |
| \`train\` | nothing | \`training-set\` | artifact \`fitted-model\` |
| \`evaluate\` | the champion's release | \`training-set\`, \`fitted-model\` | artifact \`candidate\`: the model with its metrics and the gate's decision |
| \`gate\` | nothing | \`candidate\` | the decision as an output |

\`export\` first checks whether there is anything to do. If the issue is closed, a challenger waits for its deployment, or the gate refused a challenger on the same ratings, the run ends, and \`status\` has the reason.`,
  inputs: {
    ...pipelineInputs,
    step: choice('The step to run.', ['export', 'train', 'evaluate', 'gate']),
    reason: choice('The reason of the training, for the release notes.', [...REQUEST_REASONS], 'manual'),
    issue: natural.optional('The drift issue that requested it.'),
  },
  outputs: {
    status:
      '`train` when there is something to train; otherwise the reason: `answered`, `awaiting-deployment`, `refused-before`, `nothing-new`.',
    version: 'Version of the new model, or of the one that waits for its deployment.',
    outcome: '`promote` or `refuse`, from `gate`.',
  },
});
