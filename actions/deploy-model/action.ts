import { mlflowInputs, pipelineInputs } from '../common-inputs.ts';
import { choice, defineAction, digest, natural, text } from '../inputs.ts';

export const deployModel = defineAction({
  name: 'deploy-model',
  description:
    'Brings a released model to where it serves, promotes it, and closes the drift issue it answers.',
  explanation: `\`fetch\` downloads the release and verifies every digest, so that the attestation can be checked before anything serves; nothing but what was checked is deployed. \`deploy\` brings the model to its target and only then promotes it: the release becomes the latest, a deployment to \`production\` records who serves from now on, the database follows, and the drift issue is closed with the numbers before and after. \`rollback\` does the same with a model that has served before.

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
    directory: text.required('The folder the model is brought to.', { default: '.cinematch/serving' }),
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
