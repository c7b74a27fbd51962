import { mlflowInputs, pipelineInputs } from '../common-inputs.ts';
import { choice, defineAction, natural, text } from '../inputs.ts';

export const publishModel = defineAction({
  name: 'publish-model',
  description: 'Writes a judged model down and, when the gate let it pass, publishes it as a prerelease.',
  explanation: `\`fetch\` brings the artifact \`candidate\` of this run onto the disk, where the model can be attested. \`release\` writes the model and its gate decision into the database and then, when the gate let it pass, drafts a release, uploads every file, reads each back and compares its digest, and publishes the draft as a prerelease. Promotion is the deployment's. When the gate refused, nothing is released and the drift issue says why.

Every step can be repeated: a run that was cut off is completed by running it again.`,
  inputs: {
    ...pipelineInputs,
    ...mlflowInputs,
    step: choice('Which step this is.', ['fetch', 'release']),
    issue: natural.optional('The drift issue the model answers.'),
    directory: text.required('Where the candidate is on the disk.', { default: 'candidate' }),
    attestation: text.optional(
      'Path of the attestation bundle of the model and its manifest, to be kept with the release.',
    ),
  },
  outputs: {
    outcome: '`released` or `refused`.',
    version: 'Version of the model.',
    model: 'Path of the model file, for the attestation.',
    manifest: 'Path of its manifest, for the attestation too: it has the digest of every other file.',
  },
});
