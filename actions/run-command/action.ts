import { pipelineInputs } from '../common-inputs.ts';
import { choice, defineAction } from '../inputs.ts';

export const runCommand = defineAction({
  name: 'run-command',
  description: 'Carries out a /cinematch command that somebody commented on the drift issue.',
  explanation: `\`hear\` reads the comment from the event of the run, asks GitHub whether its author may write to the repository, and refuses others. It needs no database and waits for no other run, so that whoever comments a hundred times keeps nobody waiting. \`carry-out\` does what was accepted.

Commands: \`/cinematch retrain\`, \`ack\`, \`mute 14d\`, \`unmute\`, \`status\`. Others get one polite refusal on an issue, and then silence.`,
  inputs: {
    ...pipelineInputs,
    step: choice('Which step this job is.', ['hear', 'carry-out']),
  },
  outputs: {
    outcome:
      '`accepted` from `hear`, for a command to be carried out; `done`, `refused`, `invalid` or `ignored`.',
  },
});
