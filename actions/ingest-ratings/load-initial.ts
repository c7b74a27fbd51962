import { OperatorError } from '../../pipeline/lib/errors.ts';
import { bootstrapData } from '../../pipeline/stages/ingest/bootstrap.ts';
import { bootstrapSummary } from '../../pipeline/stages/ingest/bootstrap-summary.ts';
import { preflight, type SetupCheck, type SetupFacts } from '../../pipeline/stages/ingest/preflight.ts';
import { DRIFT_LABELS } from '../drift-labels.ts';
import type { OpenedPipeline } from '../open-pipeline.ts';
import type { ActionContext, ActionResult } from '../run-action.ts';
import type { ingestRatingsAction } from './action.ts';
import { batchOutputs } from './ingest-new-batches.ts';

type Context = ActionContext<typeof ingestRatingsAction.inputs>;
type Result = ActionResult<typeof ingestRatingsAction.outputs>;

const SCHEDULED = ['ingest', 'drift'] as const;

/** Checks the setup, loads the first ratings, and dispatches the first training. */
export async function loadInitial(
  { note, run }: Context,
  { pipeline, github, directory, store }: OpenedPipeline,
  dataset: string,
  hasSecret: SetupFacts['hasSecret'],
): Promise<Result> {
  const { isFork, hasIssues } = await github.repository.settings();
  const enabled = await Promise.all(
    SCHEDULED.map((workflow) => github.repository.isWorkflowEnabled(workflow)),
  );
  const checks = preflight({
    hasSecret,
    canWriteIssues: hasIssues ? await makeLabels(github) : null,
    isFork,
    issuesEnabled: hasIssues,
    disabledWorkflows: SCHEDULED.filter((_, index) => enabled[index] === false),
  });
  const missing = checks.filter(({ status }) => status === 'missing');
  if (missing.length > 0) {
    return {
      outputs: batchOutputs([]),
      summary: bootstrapSummary({ checks, loaded: null, store, run }),
      failed: missing.map(describe).join(' '),
    };
  }
  const optional = checks.filter(({ status }) => status === 'optional-missing').map(({ name }) => name);
  if (optional.length > 0)
    note(`Optional settings that are not set: ${optional.join(', ')}. The summary describes each one.`);
  const loaded = await bootstrapData(pipeline, { dataset, dataDirectory: directory });
  const hasChampion = loaded.status === 'champion-exists';
  if (!hasChampion) await pipeline.forge.dispatch('train', { reason: 'manual', issue: '' });
  return {
    outputs: batchOutputs(loaded.ingested),
    summary: bootstrapSummary({ checks, loaded, store, run }),
  };
}

/** Creates the labels of the drift issue. False when the token has no permission; it could not open the issue either. */
async function makeLabels({ repository }: OpenedPipeline['github']): Promise<boolean> {
  try {
    await repository.ensureLabels(DRIFT_LABELS);
    return true;
  } catch (error) {
    if (error instanceof OperatorError && error.code === 'forge-denied') return false;
    throw error;
  }
}

const describe = ({ name, purpose, where }: SetupCheck): string => `${name}: ${purpose}. ${where}.`;
