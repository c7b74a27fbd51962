import { text } from './inputs.ts';

/** What every action that talks to GitHub takes. */
export const githubInputs = {
  'github-token': text.required('The token of the workflow run.', {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: GitHub fills it in.
    default: '${{ github.token }}',
    secret: true,
  }),
};

/** What every action that works with the ratings takes. */
export const pipelineInputs = {
  ...githubInputs,
  'database-url': text.optional(
    'A Postgres URL. Without it the embedded Postgres is used, its data directory carried between runs as an artifact.',
    { secret: true },
  ),
  'alert-webhook-url': text.optional(
    'Where a change of severity or stage of a drift episode is posted as a Slack-compatible message.',
    { secret: true },
  ),
};

/** What an action that trains or promotes takes besides. */
export const mlflowInputs = {
  'mlflow-tracking-uri': text.optional('An MLflow server that trainings are mirrored to.', { secret: true }),
  'mlflow-tracking-username': text.optional('Its user.', { secret: true }),
  'mlflow-tracking-password': text.optional('Its password.', { secret: true }),
  'mlflow-tracking-token': text.optional('Its token, instead of user and password.', { secret: true }),
};
