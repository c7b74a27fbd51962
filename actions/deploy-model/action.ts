import { mlflowInputs, pipelineInputs } from '../common-inputs.ts';
import { choice, defineAction, digest, natural, text } from '../inputs.ts';

export const deployModel = defineAction({
  name: 'deploy-model',
  description:
    'Brings a released model to where it serves, promotes it, and closes the drift issue it answers.',
  explanation: `\`fetch\` downloads the release and verifies every digest, so that the attestation can be checked before anything serves; nothing but what was checked is deployed. \`deploy\` brings the model to its target and only then promotes it: the release becomes the latest, a deployment to \`production\` records who serves from now on, the database follows, and the drift issue is closed with the numbers before and after. \`rollback\` does the same with a model that has served before.

At Vercel the function is built on the runner and uploaded as a production deployment that no domain points to. It is asked whether it is ready, which model file it has, every golden prediction, and a recommendation. Then it is promoted and watched for a minute. When anything of that fails, the model before serves again, nothing is recorded, and the open drift issue is told once.

A challenger that was judged against another champion than the present one is not deployed.`,
  inputs: {
    ...pipelineInputs,
    ...mlflowInputs,
    step: choice('Which step this is.', ['fetch', 'deploy', 'rollback'], 'deploy'),
    version: natural.optional(
      'The model version. A rollback without it goes back to the champion before this one.',
    ),
    verified: digest.optional(
      'The output `digest` of `fetch`; `deploy` and `rollback` need it. A release that was changed since is not deployed.',
    ),
    'vercel-token': text.optional(
      'A token of Vercel. With it the API is hosted there; without it the bundle is brought to a folder and kept as the artifact `serving`.',
      { secret: true },
    ),
    'vercel-org-id': text.optional('Id of the team at Vercel, when the token is not for one team alone.'),
    'vercel-project': text.optional(
      'Name or id of the project at Vercel, otherwise the name in `package.json`. One that is not there is made.',
    ),
    directory: text.required('The folder the bundle is brought to without a token.', {
      default: '.cinematch/serving',
    }),
  },
  outputs: {
    version: 'The version that serves.',
    model: 'Path of the model file that was fetched.',
    manifest: 'Path of the manifest that was fetched; it has the digest of every other file.',
    digest: 'SHA-256 of that manifest.',
    attested: 'Whether the release carries an attestation, from `fetch`.',
    location: 'Where it serves.',
    issue: 'Number of the drift issue that was closed; empty when there was none.',
  },
});
