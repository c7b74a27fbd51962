import { jobSummary, type NextStep, type SummaryStore } from '../../reports/job-summary.ts';
import { messageToMarkdown } from '../../reports/message-markdown.ts';
import { type SummaryRun, startWorkflow, workflowPage } from '../../reports/run-links.ts';

/** Why a training run has nothing to train. */
export type SkippedTraining =
  | { readonly kind: 'answered' | 'nothing-new'; readonly text: string }
  | { readonly kind: 'awaiting-deployment' | 'refused-before'; readonly version: number };

/** The step `export` when there is nothing to do. */
export function skippedTrainingSummary({
  plan,
  store,
  run,
}: {
  readonly plan: SkippedTraining;
  readonly store: SummaryStore;
  readonly run?: SummaryRun;
}): string {
  return jobSummary({
    verdict: { tone: 'good', text: `Nothing to train: ${skipText(plan)}` },
    next: [skipNext(plan, run)],
    store,
  });
}

function skipText(plan: SkippedTraining): string {
  switch (plan.kind) {
    case 'answered':
    case 'nothing-new':
      return messageToMarkdown(plan.text);
    case 'awaiting-deployment':
      return `model v${plan.version} passed the gate on the same ratings and waits for its deployment.`;
    case 'refused-before':
      return `the gate refused model v${plan.version} on the same ratings, with the same rules and settings.`;
  }
}

function skipNext(plan: SkippedTraining, run: SummaryRun): NextStep {
  switch (plan.kind) {
    case 'answered':
      return startWorkflow(run, 'train', 'Train anyway', { reason: 'manual' });
    case 'nothing-new':
      return startWorkflow(run, 'ingest', 'Take in new ratings first');
    case 'awaiting-deployment':
      return {
        text: `The workflow \`deploy\` was dispatched for model v${plan.version}`,
        url: workflowPage(run, 'deploy'),
      };
    case 'refused-before':
      return startWorkflow(run, 'ingest', 'Try again with new ratings or other settings');
  }
}
