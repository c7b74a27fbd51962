import { pipelineInputs } from '../common-inputs.ts';
import { defineAction } from '../inputs.ts';

export const detectDriftAction = defineAction({
  name: 'detect-drift',
  description: "Compares new ratings with the champion's training data and updates the drift issue.",
  explanation: `Checks the newest batch and all ratings since the last training, stores the check, opens, updates or closes the issue of the drift episode, and dispatches \`train\` when retraining is due. A check that cannot be made fails; it never counts as "no drift".

It is also the watchdog: it warns when a scheduled workflow is disabled, or has not run for longer than \`watchdog\` in \`cinematch.config.ts\` allows.

The artifact \`drift-report\` has the check as HTML and as JSON.`,
  inputs: pipelineInputs,
  outputs: {
    verdict:
      '`ok`, `watch`, `drift` or `insufficient`; `nothing-new` when no rating has arrived; `no-champion` before the first model.',
    decision: '`retrain` or `wait`.',
    issue: 'Number of the open drift issue; empty when there is none.',
  },
});
