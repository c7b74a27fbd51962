import { pipelineInputs } from '../common-inputs.ts';
import { defineAction } from '../inputs.ts';

export const runCommand = defineAction({
  name: 'run-command',
  description: 'Carries out a /cinematch command that somebody commented on the drift issue.',
  explanation: `Reads the comment from the event of the run and asks GitHub whether its author may write to the repository. Commands: \`/cinematch retrain\`, \`ack\`, \`mute 14d\`, \`unmute\`, \`status\`. Others get one polite refusal on an issue, and then silence.`,
  inputs: pipelineInputs,
  outputs: {
    outcome: '`done`, `refused`, `invalid` or `ignored`.',
  },
});
