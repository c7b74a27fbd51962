import { join } from 'node:path';
import { RUN_ARTIFACTS } from '../../pipeline/lib/run-artifacts.ts';
import { readChampion } from '../../pipeline/stages/champion/champion.ts';
import { detectDrift } from '../../pipeline/stages/drift/detect-drift.ts';
import { driftSummary } from '../../pipeline/stages/drift/drift-summary.ts';
import { driftReportHtml } from '../../pipeline/stages/drift/report/drift-report.ts';
import { readDriftReport } from '../../pipeline/stages/drift/report/read-report.ts';
import { uploadTexts } from '../artifacts.ts';
import { type OpenedPipeline, withPipeline } from '../open-pipeline.ts';
import { type ActionContext, type ActionResult, runAction } from '../run-action.ts';
import { pruneStates } from '../state-artifact.ts';
import { detectDriftAction } from './action.ts';
import { findSilentSchedules, keepSchedules } from './watchdog.ts';

type Context = ActionContext<typeof detectDriftAction.inputs>;
type Result = ActionResult<typeof detectDriftAction.outputs>;

await runAction(
  detectDriftAction,
  { env: process.env, clock: () => new Date(), stopwatch: () => performance.now() },
  (context) => withPipeline(context, 'keep', (opened) => check(context, opened)),
);

async function check(context: Context, opened: OpenedPipeline): Promise<Result> {
  const { pipeline, store } = opened;
  if (store.home === 'embedded') await pruneStates(opened.github.repository);
  for (const problem of await keepSchedules(opened)) context.warn(problem);
  const silent = await findSilentSchedules(opened);
  for (const { text, remedy } of silent) context.warn(`${text} ${remedy}`);
  const common = { silent, store, run: pipeline.run };
  const champion = await readChampion(pipeline);
  const outcome = champion === null ? ({ status: 'no-champion' } as const) : await detectDrift(pipeline);
  if (outcome.status !== 'checked') {
    return {
      outputs: { verdict: outcome.status, decision: 'wait', issue: '' },
      summary: driftSummary({ ...common, outcome }),
    };
  }
  const shown = await readDriftReport(pipeline, outcome);
  const { movieTitle, history, confidence = null } = shown;
  const { driftReport } = RUN_ARTIFACTS;
  const report = await uploadTexts(
    context.artifacts,
    join(opened.directory, driftReport.name),
    {
      'drift-report.html': driftReportHtml(shown),
      'drift-report.json': `${JSON.stringify(outcome, null, 2)}\n`,
    },
    driftReport,
  );
  return {
    outputs: {
      verdict: outcome.check.verdict,
      decision: outcome.decision.decision,
      issue: outcome.issue?.state === 'open' ? outcome.issue.number : '',
    },
    summary: driftSummary({ ...common, outcome, history, movieTitle, confidence, reportUrl: report.url }),
  };
}
