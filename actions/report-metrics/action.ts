import { githubInputs } from '../common-inputs.ts';
import { choice, commit, defineAction, text } from '../inputs.ts';

export const reportMetrics = defineAction({
  name: 'report-metrics',
  description: 'Says what a pull request does to the metrics of a model trained on fixed data.',
  explanation: `\`compare\` takes what base and head of a pull request scored, each with its own code, compares them rating by rating and user by user, and fails when the gate of \`cinematch.config.ts\` does. It writes the summary and leaves the artifact \`model-check\`; where the token may write it publishes the check run \`model metrics\`.

\`comment\` runs in a \`workflow_run\` workflow, which never checks out the pull request's code: it reads the artifact as hostile data (size, schema, lengths, escaping) and keeps one comment up to date, for forks and branches alike.`,
  inputs: {
    ...githubInputs,
    step: choice('Which step this is.', ['compare', 'comment']),
    'base-directory': text.optional('What the base scored. Empty or missing: the base cannot be measured.'),
    'head-directory': text.optional('What the head scored.'),
    'base-sha': commit.optional('The base of the pull request.'),
    'head-sha': commit.optional('The head of the pull request.'),
    key: text.required('Which comment of the pull request it is; one report keeps one comment.', {
      default: 'model-check',
    }),
  },
  outputs: {
    conclusion: '`pass`, `fail`, or `neutral` when there is nothing to compare with.',
  },
});
