import { pipelineInputs } from '../common-inputs.ts';
import { defineAction, text } from '../inputs.ts';

export const ingestRatings = defineAction({
  name: 'ingest-ratings',
  description: 'Takes whatever batches of ratings the ledger lacks, or makes the initial load.',
  explanation: `Asks every source under \`batches\` in \`cinematch.config.ts\` for what it offers and takes in what the ledger does not know, oldest first. A batch is known by the SHA-256 of its content, so a second run changes nothing and a schedule that was dropped is caught up. When something new arrived, the workflow \`drift\` is dispatched.

With \`initial\` it makes the initial load of a new pipeline instead: it checks what is set up and names what is missing, loads the data set, and dispatches \`train\` for the first model.

Rows that were not taken are listed in the summary and, all of them, in the artifact \`rejects\`.`,
  inputs: {
    ...pipelineInputs,
    batch: text.optional(
      'A file of the repository or an https address to take in, instead of asking the configured sources.',
    ),
    initial: text.optional(
      'Makes the initial load: `configured` for the data set of a configured simulation, a name (`synthetic`, `ml-latest-small`, `ml-25m`, `ml-32m`), or a folder of the repository.',
    ),
    secrets: text.optional(
      'For the preflight of the initial load: which optional secrets are set, as `NAME=true NAME=false …`. Never their values.',
    ),
  },
  outputs: {
    taken: 'How many batches were taken in.',
    new: 'New ratings in them.',
    rejected: 'Rows that were not taken.',
  },
});
