import { mkdir, open } from 'node:fs/promises';
import { isAbsolute, join, relative } from 'node:path';
import { OperatorError } from '../../pipeline/lib/errors.ts';
import { RUN_ARTIFACTS } from '../../pipeline/lib/run-artifacts.ts';
import type { Reject } from '../../pipeline/ratings/raw.ts';
import type { IngestResult } from '../../pipeline/stages/ingest/ingest-ratings.ts';
import { ingestSummary, type RejectedRows } from '../../pipeline/stages/ingest/ingest-summary.ts';
import { takeBatches } from '../../pipeline/stages/ingest/take-batches.ts';
import type { Pipeline } from '../../pipeline/stages/pipeline.ts';
import { listBatches, listRejects } from '../../pipeline/store/ledger.ts';
import type { OpenedPipeline } from '../open-pipeline.ts';
import type { ActionContext, ActionResult } from '../run-action.ts';
import type { ingestRatingsAction } from './action.ts';

type Context = ActionContext<typeof ingestRatingsAction.inputs>;
type Result = ActionResult<typeof ingestRatingsAction.outputs>;

/** So many rejected rows are read at a time. */
const PAGE = 1_000;

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
  const folder = join(directory, 'rejects');
  const rejects = await writeRejects(pipeline, fresh, folder);
  const { name } = RUN_ARTIFACTS.rejects;
  const rejectsUrl =
    rejects.total === 0 ? null : (await context.artifacts.upload(name, folder, RUN_ARTIFACTS.rejects)).url;
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

/** Writes the rejected rows of batches to `rejects.jsonl` in a folder, some at a time, and counts them. */
async function writeRejects(
  { store }: Pipeline,
  taken: readonly IngestResult[],
  folder: string,
): Promise<RejectedRows> {
  const reasons = new Map<Reject['reason'], number>();
  let first: readonly BatchReject[] = [];
  let total = 0;
  await mkdir(folder, { recursive: true });
  await using file = await open(join(folder, 'rejects.jsonl'), 'w');
  for (const { batch, source, rejected } of taken) {
    for (let left = rejected, after = 0; left > 0; ) {
      const page = await listRejects(store, batch, PAGE, after);
      if (page.length === 0) break;
      const rows = page.map((row): BatchReject => ({ ...row, batch, source }));
      await file.write(rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
      for (const { reason } of rows) reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
      if (total < PAGE) first = [...first, ...rows];
      total += rows.length;
      left -= rows.length;
      after = (rows.at(-1) as Reject).rowNumber;
    }
  }
  return { total, reasons, first };
}
