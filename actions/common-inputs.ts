import { text } from './inputs.ts';

/** The inputs of every action that uses GitHub. */
export const githubInputs = {
  'github-token': text.required('The token of the workflow run.', {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: GitHub fills it in.
    default: '${{ github.token }}',
    secret: true,
  }),
};

/** The inputs of every action that uses the ratings. */
export const pipelineInputs = {
  ...githubInputs,
  'database-url': text.optional(
    'A Postgres URL. Without it the embedded Postgres is used, and its data directory passes between runs as an artifact.',
    { secret: true },
  ),
  'alert-webhook-url': text.optional(
    'URL to which changes of severity or stage of a drift episode are posted as Slack-compatible messages.',
    { secret: true },
  ),
};

/** Additional inputs of an action that trains or promotes. */
export const mlflowInputs = {
  'mlflow-tracking-uri': text.optional('URL of an MLflow server that trainings are mirrored to.', {
    secret: true,
  }),
  'mlflow-tracking-username': text.optional('Its user.', { secret: true }),
  'mlflow-tracking-password': text.optional('Its password.', { secret: true }),
  'mlflow-tracking-token': text.optional('Its token, instead of user and password.', { secret: true }),
};
