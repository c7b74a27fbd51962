import { pipelineInputs } from '../common-inputs.ts';
import { choice, defineAction } from '../inputs.ts';

export const runCommandAction = defineAction({
  name: 'run-command',
  description: 'Runs a /cinematch command from a comment on the drift issue.',
  explanation: `\`hear\` reads the comment from the event of the run, and refuses authors without write permission to the repository. It needs no database and waits for no other run, so many comments delay nobody. \`carry-out\` runs an accepted command.

Commands: \`/cinematch retrain\`, \`ack\`, \`mute 14d\`, \`unmute\`, \`quarantine user 12\`, \`status\`. Other authors get one refusal per issue.`,
  inputs: {
    ...pipelineInputs,
    step: choice('The step to run.', ['hear', 'carry-out']),
  },
  outputs: {
    outcome:
      '`accepted` from `hear`, for a command that `carry-out` runs; `done`, `refused`, `invalid` or `ignored`.',
  },
});
