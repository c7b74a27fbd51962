import { pipelineInputs } from '../common-inputs.ts';
import { defineAction } from '../inputs.ts';

export const detectDrift = defineAction({
  name: 'detect-drift',
  description:
    'Compares new ratings with what the champion was trained on and keeps the drift issue up to date.',
  explanation: `Judges the newest batch and everything since the last training, writes the check down, opens, updates or closes the one issue of the drift episode, and dispatches \`train\` when retraining is due. A check that could not be made fails; it never counts as "no drift".

It is the watchdog too: when a scheduled workflow has been silent for longer than \`watchdog\` in \`cinematch.config.ts\` allows, or was switched off, it says so.

The artifact \`drift-report\` holds the check as HTML and as JSON.`,
  inputs: pipelineInputs,
  outputs: {
    verdict:
      '`ok`, `watch`, `drift` or `insufficient`; `nothing-new` when no rating has arrived; `no-champion` before the first model.',
    decision: '`retrain` or `wait`.',
    issue: 'Number of the open drift issue; empty when there is none.',
  },
});
