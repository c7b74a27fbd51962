import { pipelineInputs } from '../common-inputs.ts';
import { choice, defineAction, text } from '../inputs.ts';

export const ingestRatingsAction = defineAction({
  name: 'ingest-ratings',
  description: 'Ingests new batches of ratings, or makes the initial load.',
  explanation: `Ingests the batches of every source under \`batches\` in \`cinematch.config.ts\` that the ledger lacks, oldest first. The SHA-256 of its content identifies a batch, so a second run changes nothing, and a run catches up after missed runs. After new batches the workflow \`drift\` is dispatched.

With \`initial\` it makes the initial load of a new pipeline instead: it checks the setup and names missing settings, loads the data set, and dispatches \`train\` for the first model.

With \`carry-over\` it loads no data set: it moves the embedded database of earlier runs into the one of \`database-url\` and compares all rows of both. An interrupted move continues in the next run.

The summary lists the first rejected rows; the artifact \`rejects\` has all of them.`,
  inputs: {
    ...pipelineInputs,
    batch: text.optional(
      'A file of the repository or an https URL to ingest instead of the configured sources.',
    ),
    initial: text.optional(
      'Makes the initial load: `configured` for the data set of a configured simulation, a name (`synthetic`, `ml-latest-small`, `ml-100k`, `ml-1m`, `ml-10m`, `ml-20m`, `ml-25m`, `ml-32m`), or a folder of the repository.',
    ),
    'carry-over': choice(
      'Instead of an initial load: moves the newest embedded database, which earlier runs passed on as an artifact, into the empty database of `database-url`.',
      ['true', 'false'],
      'false',
    ),
    secrets: text.optional(
      'For the preflight of the initial load: which optional secrets are set, as `NAME=true NAME=false …`. Never their values.',
    ),
  },
  outputs: {
    taken: 'Number of ingested batches.',
    new: 'Number of new ratings in them.',
    rejected: 'Number of rejected rows.',
  },
});
