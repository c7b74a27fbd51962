import { mlflowInputs, pipelineInputs } from '../common-inputs.ts';
import { choice, defineAction, digest, natural, text } from '../inputs.ts';

export const deployModelAction = defineAction({
  name: 'deploy-model',
  description: 'Deploys a released model, promotes it, and closes the drift issue.',
  explanation: `\`fetch\` downloads the release and verifies every digest, so that the attestation is checked before the deployment; only checked files are deployed. \`deploy\` deploys the model to its target and then promotes it: the release becomes the latest, a deployment to \`production\` records the serving model, the database is updated, and the drift issue is closed with the metrics before and after. \`rollback\` does the same with a model that has served before.

At Vercel the function is built on the runner and uploaded as a production deployment that no domain points to. A smoke test checks that it is ready, its model file, every golden prediction, and a recommendation. Then it is promoted and watched for a minute. If any of this fails, the previous model serves again, nothing is recorded, and the open drift issue gets one comment.

A challenger that was compared with another champion than the present one is not deployed.`,
  inputs: {
    ...pipelineInputs,
    ...mlflowInputs,
    step: choice('The step to run.', ['fetch', 'deploy', 'rollback'], 'deploy'),
    version: natural.optional('The model version. A rollback without it restores the previous champion.'),
    verified: digest.optional(
      'The output `digest` of `fetch`; `deploy` and `rollback` need it. A release that was changed since is not deployed.',
    ),
    'vercel-token': text.optional(
      'A token of Vercel. With it the API is hosted there; without it the bundle is written to a folder and uploaded as the artifact `serving`.',
      { secret: true },
    ),
    'vercel-org-id': text.optional('Id of the team at Vercel, if the token is valid for several teams.'),
    'vercel-project': text.optional(
      'Name or id of the project at Vercel, by default the name in `package.json`. A missing project is created.',
    ),
    directory: text.required('The folder of the bundle without a token.', {
      default: '.cinematch/serving',
    }),
  },
  outputs: {
    version: 'The version that serves.',
    model: 'Path of the model file that was fetched.',
    manifest: 'Path of the manifest that was fetched; it has the digest of every other file.',
    digest: 'SHA-256 of that manifest.',
    attested: 'Whether the release has an attestation, from `fetch`.',
    location: 'URL or folder of the deployment.',
    issue: 'Number of the closed drift issue; empty when there was none.',
  },
});
