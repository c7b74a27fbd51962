import { mlflowInputs, pipelineInputs } from '../common-inputs.ts';
import { choice, defineAction, natural, text } from '../inputs.ts';

export const publishModelAction = defineAction({
  name: 'publish-model',
  description: 'Records a judged model and, if it passed the gate, publishes it as a prerelease.',
  explanation: `\`fetch\` downloads the artifact \`candidate\` of this run, so that the model can be attested. \`release\` records the model and the gate's decision in the database. If the model passed the gate, it drafts a release, uploads every file, reads each back and compares its digest, and publishes the draft as a prerelease. The deployment promotes it. If the gate refused the model, nothing is released, and the drift issue has the reasons.

Every step can be repeated: running it again completes an interrupted run.`,
  inputs: {
    ...pipelineInputs,
    ...mlflowInputs,
    step: choice('The step to run.', ['fetch', 'release']),
    issue: natural.optional('The drift issue that led to the model.'),
    directory: text.required('The folder of the candidate.', { default: 'candidate' }),
    attestation: text.optional(
      'Path of the attestation bundle of the model and its manifest, which is added to the release.',
    ),
  },
  outputs: {
    outcome: '`released` or `refused`.',
    version: 'Version of the model.',
    model: 'Path of the model file, for the attestation.',
    manifest: 'Path of its manifest, also for the attestation: it has the digest of every other file.',
  },
});
