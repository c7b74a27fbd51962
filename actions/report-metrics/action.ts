import { githubInputs } from '../common-inputs.ts';
import { choice, commit, defineAction, text } from '../inputs.ts';

export const reportMetricsAction = defineAction({
  name: 'report-metrics',
  description: 'Reports the effect of a pull request on the metrics of a model trained on fixed data.',
  explanation: `\`compare\` compares the scores of base and head of a pull request, each made with its own code, rating by rating and user by user. It fails when the gate of \`cinematch.config.ts\` fails. It writes the summary and the artifact \`model-check\`. If the token has write permission, it publishes the check run \`model metrics\`.

\`comment\` runs in a \`workflow_run\` workflow, which never checks out the pull request's code: it treats the artifact as untrusted data (size, schema, lengths, escaping) and updates one comment, for forks and branches.`,
  inputs: {
    ...githubInputs,
    step: choice('The step to run.', ['compare', 'comment']),
    'base-directory': text.optional(
      'Folder with the scores of the base. Without it the base counts as not measurable.',
    ),
    'head-directory': text.optional('Folder with the scores of the head.'),
    'base-sha': commit.optional('The base commit of the pull request.'),
    'head-sha': commit.optional('The head commit of the pull request.'),
    key: text.required('Key of the comment on the pull request; each key has one comment.', {
      default: 'model-check',
    }),
  },
  outputs: {
    conclusion: '`pass`, `fail`, or `neutral` when there is nothing to compare with.',
  },
});
