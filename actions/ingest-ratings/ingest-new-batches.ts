import { isAbsolute, join, relative } from 'node:path';
import { OperatorError } from '../../pipeline/lib/errors.ts';
import type { Reject } from '../../pipeline/ratings/raw.ts';
import type { IngestResult } from '../../pipeline/stages/ingest/ingest-ratings.ts';
import { ingestSummary } from '../../pipeline/stages/ingest/ingest-summary.ts';
import { takeBatches } from '../../pipeline/stages/ingest/take-batches.ts';
import { listBatches, listRejects } from '../../pipeline/store/ledger.ts';
import { uploadTexts } from '../artifacts.ts';
import type { OpenedPipeline } from '../open-pipeline.ts';
import type { ActionContext, ActionResult } from '../run-action.ts';
import type { ingestRatingsAction } from './action.ts';

type Context = ActionContext<typeof ingestRatingsAction.inputs>;
type Result = ActionResult<typeof ingestRatingsAction.outputs>;

/** A rejected row with its batch. */
type BatchReject = Reject & { readonly batch: number; readonly source: string };

/** The outputs of the action: the counts of all ingested batches together. */
export function batchOutputs(ingested: readonly IngestResult[]): Result['outputs'] {
  const sum = (count: (result: IngestResult) => number): number =>
    ingested.reduce((total, result) => total + count(result), 0);
  return {
    taken: ingested.length,
    new: sum((result) => result.new),
    rejected: sum(({ rejected }) => rejected),
  };
}

/** Ingests the batches that the ledger lacks, and dispatches a drift check. */
export async function ingestNewBatches(context: Context, opened: OpenedPipeline): Promise<Result> {
  const { pipeline, github, directory, store } = opened;
  const before = (await listBatches(pipeline.store)).length;
  if (before === 0) {
    context.note(
      `There is no initial load yet: run the workflow bootstrap first. Nothing was ingested.${store.home === 'embedded' ? '' : ' If earlier runs used the embedded database, run it with carry-over.'}`,
    );
    return {
      outputs: batchOutputs([]),
      summary: ingestSummary({ status: 'not-bootstrapped', store, run: context.run }),
    };
  }
  const { taken, sources } = await takeBatches(pipeline, {
    dataDirectory: directory,
    only: context.inputs.batch === null ? undefined : batchOfRepository(context.inputs.batch),
    since: await github.repository.runCreatedAt(context.run.runId),
  }).finally(async () => {
    // Also when a later batch was rejected: the earlier batches need a check.
    if ((await listBatches(pipeline.store)).length > before) await pipeline.forge.dispatch('drift', {});
  });
  const fresh = taken.filter(({ status }) => status === 'ingested');
  const rejects = await rejectsOf(opened, fresh);
  const lines = rejects.map((reject) => `${JSON.stringify(reject)}\n`);
  const rejectsUrl =
    rejects.length === 0
      ? null
      : (
          await uploadTexts(context.artifacts, join(directory, 'rejects'), {
            'rejects.jsonl': lines.join(''),
          })
        ).url;
  return {
    outputs: batchOutputs(fresh),
    summary: ingestSummary({
      status: 'done',
      taken,
      sources,
      rejects,
      rejectsUrl,
      dispatched: fresh.length > 0 ? 'drift' : null,
      store,
      run: context.run,
    }),
  };
}

/** A URL, or a path inside the checkout: rows of the file can appear among the rejects. */
function batchOfRepository(given: string): string {
  if (given.includes('://')) return given;
  const path = relative('.', given);
  if (path !== '' && !path.startsWith('..') && !isAbsolute(path)) return path;
  throw new OperatorError(
    'input-invalid',
    `The action ingest-ratings cannot start: input "batch" is ${JSON.stringify(given)}; it takes a file or folder of the repository, or an https URL.`,
    'Commit the file, or give an https URL.',
  );
}

async function rejectsOf(
  { pipeline }: OpenedPipeline,
  taken: readonly IngestResult[],
): Promise<readonly BatchReject[]> {
  const rejects: BatchReject[] = [];
  for (const { batch, source, rejected } of taken) {
    if (rejected === 0) continue;
    const rows = await listRejects(pipeline.store, batch, rejected);
    rejects.push(...rows.map((row) => ({ ...row, batch, source })));
  }
  return rejects;
}
