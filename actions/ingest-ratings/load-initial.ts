import { userRoutesOf } from '../../pipeline/config/open-user-routes.ts';
import { OperatorError } from '../../pipeline/lib/errors.ts';
import { versionOf } from '../../pipeline/lib/model-tag.ts';
import { settleChampion } from '../../pipeline/stages/champion/champion.ts';
import { bootstrapData, type CarriedOver } from '../../pipeline/stages/ingest/bootstrap.ts';
import { bootstrapSummary } from '../../pipeline/stages/ingest/bootstrap-summary.ts';
import { preflight, type SetupCheck, type SetupFacts } from '../../pipeline/stages/ingest/preflight.ts';
import { listBatches } from '../../pipeline/store/ledger.ts';
import { listModels } from '../../pipeline/store/models.ts';
import type { MoveOutcome } from '../../pipeline/store/move/move-database.ts';
import { DRIFT_LABELS } from '../drift-labels.ts';
import type { OpenedPipeline } from '../open-pipeline.ts';
import type { ActionContext, ActionResult } from '../run-action.ts';
import { hasState } from '../state-artifact.ts';
import type { ingestRatingsAction } from './action.ts';
import { batchOutputs } from './ingest-new-batches.ts';

type Context = ActionContext<typeof ingestRatingsAction.inputs>;
type Result = ActionResult<typeof ingestRatingsAction.outputs>;

const SCHEDULED = ['ingest', 'drift'] as const;

interface InitialOptions {
  readonly dataset: string;
  readonly hasSecret: SetupFacts['hasSecret'];
  /** The embedded database, when it was moved into this one. Then no data set is loaded. */
  readonly carried: MoveOutcome | null;
}

/** Checks the setup, loads the first ratings, and dispatches the first training. */
export async function loadInitial(
  { note, warn, run }: Context,
  opened: OpenedPipeline,
  { dataset, hasSecret, carried }: InitialOptions,
): Promise<Result> {
  const { pipeline, github, directory, store } = opened;
  const { isFork, hasIssues } = await github.repository.settings();
  const enabled = await Promise.all(
    SCHEDULED.map((workflow) => github.repository.isWorkflowEnabled(workflow)),
  );
  const checks = preflight({
    hasSecret,
    canWriteIssues: hasIssues ? await makeLabels(github) : null,
    isFork,
    userRoutes: userRoutesOf(pipeline.config),
    issuesEnabled: hasIssues,
    disabledWorkflows: SCHEDULED.filter((_, index) => enabled[index] === false),
    strangeChampion: await strangeChampion(opened),
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
  for (const check of checks.filter(({ status }) => status === 'doubtful')) warn(describe(check));
  const loaded =
    carried === null
      ? await bootstrapData(pipeline, { dataset, dataDirectory: directory })
      : await takeOver(pipeline, carried);
  if (loaded.champion === null) await pipeline.forge.dispatch('train', { reason: 'manual', issue: '' });
  return {
    outputs: batchOutputs(loaded.status === 'carried-over' ? [] : loaded.ingested),
    summary: bootstrapSummary({ checks, loaded, store, run }),
  };
}

async function takeOver(pipeline: OpenedPipeline['pipeline'], move: MoveOutcome): Promise<CarriedOver> {
  const champion = await settleChampion(pipeline);
  return { status: 'carried-over', move, champion: champion?.version ?? null };
}

/** The promoted release of an empty database: a model that another database has trained. */
async function strangeChampion({
  pipeline,
  github,
  store,
}: OpenedPipeline): Promise<NonNullable<SetupFacts['strangeChampion']> | null> {
  if ((await listBatches(pipeline.store)).length > 0) return null;
  if ((await listModels(pipeline.store)).length > 0) return null;
  const latest = await pipeline.forge.releases.latest();
  if (latest === null || versionOf(latest.tag) === null) return null;
  return {
    release: latest.tag,
    canCarryOver: store.home === 'postgres' && (await hasState(github.repository)),
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
