import { bootstrapData } from '../../pipeline/flows/bootstrap.ts';
import { type OptionalSecret, preflight, type SetupCheck } from '../../pipeline/flows/preflight.ts';
import { OperatorError } from '../../pipeline/lib/errors.ts';
import { bootstrapSummary } from '../../pipeline/reports/summaries/bootstrap.ts';
import { DRIFT_LABELS } from '../drift-labels.ts';
import type { OpenedPipeline } from '../open-pipeline.ts';
import type { ActionContext, ActionResult } from '../run-action.ts';
import type { ingestRatings } from './action.ts';

type Context = ActionContext<typeof ingestRatings.inputs>;
type Result = ActionResult<typeof ingestRatings.outputs>;

const SCHEDULED = ['ingest', 'drift'] as const;
const SECRETS: readonly OptionalSecret[] = [
  'DATABASE_URL',
  'VERCEL_TOKEN',
  'MLFLOW_TRACKING_URI',
  'ALERT_WEBHOOK_URL',
];

/** Checks what is set up, loads the first ratings, and asks for the first model. */
export async function loadInitial(
  { inputs, note, run }: Context,
  { pipeline, github, directory, store }: OpenedPipeline,
  dataset: string,
): Promise<Result> {
  const { isFork, hasIssues } = await github.repository.settings();
  const enabled = await Promise.all(
    SCHEDULED.map((workflow) => github.repository.isWorkflowEnabled(workflow)),
  );
  const checks = preflight({
    hasSecret: readSecrets(inputs.secrets ?? ''),
    canWrite: hasIssues ? { issues: await makeLabels(github) } : {},
    isFork,
    issuesEnabled: hasIssues,
    disabledWorkflows: SCHEDULED.filter((_, index) => enabled[index] === false),
  });
  const missing = checks.filter(({ status }) => status === 'missing');
  const [first] = missing;
  if (first !== undefined) {
    return {
      outputs: { taken: 0, new: 0, rejected: 0 },
      summary: bootstrapSummary({ checks, loaded: null, store, run }),
      failed: missing.map(describe).join(' '),
    };
  }
  const optional = checks.filter(({ status }) => status === 'optional-missing').map(({ name }) => name);
  if (optional.length > 0)
    note(`Optional, and not set: ${optional.join(', ')}. The summary says what each is for.`);
  const loaded = await bootstrapData(pipeline, { dataset, dataDirectory: directory });
  const hasChampion = loaded.status === 'champion-exists';
  if (!hasChampion) await pipeline.forge.dispatch('train', { reason: 'manual', issue: '' });
  const sum = (counts: readonly number[]): number => counts.reduce((total, count) => total + count, 0);
  return {
    outputs: {
      taken: loaded.ingested.length,
      new: sum(loaded.ingested.map((result) => result.new)),
      rejected: sum(loaded.ingested.map(({ rejected }) => rejected)),
    },
    summary: bootstrapSummary({ checks, loaded, store, run }),
  };
}

/** Makes the labels of the drift issue. False when the token may not: then it could not open the issue either. */
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

/** `DATABASE_URL=true VERCEL_TOKEN=false`; what is not named is not set. */
function readSecrets(text: string): Readonly<Record<OptionalSecret, boolean>> {
  const given = new Map(text.split(/\s+/).filter(Boolean).map(readPair));
  return Object.fromEntries(SECRETS.map((name) => [name, given.get(name) ?? false])) as Record<
    OptionalSecret,
    boolean
  >;
}

function readPair(pair: string): readonly [string, boolean] {
  const [, name, value] = /^([A-Z_]+)=(true|false)$/.exec(pair) ?? [];
  if (name !== undefined && (SECRETS as readonly string[]).includes(name)) return [name, value === 'true'];
  throw new OperatorError(
    'input-invalid',
    `The action ingest-ratings cannot start: input "secrets" has ${JSON.stringify(pair)}; it takes NAME=true or NAME=false of ${SECRETS.join(', ')}.`,
    'Say whether each is set, never its value: .github/workflows/bootstrap.yml does.',
  );
}
