import { escapeMarkdown } from '../../lib/escape.ts';
import { findingTable } from '../../reports/finding-table.ts';
import {
  jobSummary,
  type NextStep,
  type SummaryStore,
  type SummaryVerdict,
} from '../../reports/job-summary.ts';
import { loginSpan } from '../../reports/login.ts';
import { details, formatRanges, paragraphs } from '../../reports/markdown.ts';
import { messageToMarkdown } from '../../reports/message-markdown.ts';
import { formatCount, formatInstant } from '../../reports/numbers.ts';
import { qualityTable } from '../../reports/quality-table.ts';
import { type SummaryRun, startWorkflow, workflowPage } from '../../reports/run-links.ts';
import { raisedSignals, strongestSignal } from '../../reports/signal-order.ts';
import { originSection } from './contributor-table.ts';
import type { CheckedDrift, DriftOutcome } from './detect-drift.ts';
import { type CheckEffects, effectChart } from './effect-chart.ts';
import { gainTable } from './gain-table.ts';
import { strongestFinding } from './issue-comments.ts';
import { driftSeverity } from './issue-title.ts';
import { signalSection } from './signal-table.ts';

interface Common {
  /** Schedules that have not run when they should have. */
  readonly silent: readonly { readonly text: string; readonly remedy: string }[];
  readonly store: SummaryStore;
  readonly run?: SummaryRun;
}

/** The data that is shown with a check. */
interface Shown {
  readonly outcome: CheckedDrift;
  readonly history: readonly CheckEffects[];
  readonly movieTitle: (id: number) => string;
  /** Confidence of the intervals, 0 to 1, where it is known. */
  readonly confidence?: number | null;
  /** URL of the artifact with the drift report. */
  readonly reportUrl: string | null;
}

interface NotChecked {
  readonly outcome: { readonly status: 'no-champion' } | Exclude<DriftOutcome, CheckedDrift>;
}

export type DriftSummary = Common & (Shown | NotChecked);

/** The job summary of a drift check: result, decision and stopped schedules. */
export function driftSummary(summary: DriftSummary): string {
  const { silent, store, run } = summary;
  const verdict = verdictOf(summary.outcome);
  return jobSummary({
    verdict:
      silent.length === 0 ? verdict : { tone: 'attention', text: `${verdict.text} ${isSilent(silent)}.` },
    sections: [silenceSection(silent), ...('history' in summary ? checkSections(summary) : [])],
    next: 'history' in summary ? nextSteps(summary) : beforeAnyCheck(summary.outcome, run),
    store,
  });
}

function verdictOf(outcome: DriftSummary['outcome']): SummaryVerdict {
  switch (outcome.status) {
    case 'no-champion':
      return { tone: 'attention', text: 'There is no champion yet, so there is nothing to compare with.' };
    case 'nothing-new':
      return {
        tone: 'good',
        text: `Nothing new: no rating has arrived since model v${outcome.modelVersion} was trained.`,
      };
    case 'checked':
      return checkVerdict(outcome);
  }
}

function checkVerdict({ check, modelVersion }: CheckedDrift): SummaryVerdict {
  const data = `the data model v${modelVersion} was trained on`;
  switch (driftSeverity(check)) {
    case 'high':
      return { tone: 'attention', text: `Drift against ${data}: ${strongestFinding(check)}.` };
    case 'watch':
      return {
        tone: 'attention',
        text: `${raisedSignals(check).length === 0 ? 'Watch' : `Watch: an early sign of drift against ${data}`}: ${escapeMarkdown(strongestFinding(check), 400)}.`,
      };
    case 'none':
      return check.verdict === 'ok'
        ? { tone: 'good', text: `No drift against ${data}.` }
        : { tone: 'attention', text: `Too few ratings to compare with ${data}: nothing is known yet.` };
  }
}

function silenceSection(silent: Common['silent']): string | null {
  if (silent.length === 0) return null;
  return paragraphs([
    `**${isSilent(silent)}**`,
    silent.map(({ text, remedy }) => `- ${messageToMarkdown(text)} ${messageToMarkdown(remedy)}`).join('\n'),
  ]);
}

const isSilent = ({ length }: Common['silent']): string =>
  length === 1 ? 'A schedule has stopped' : `${length} schedules have stopped`;

function checkSections({
  outcome,
  history,
  movieTitle,
  confidence = null,
}: Shown): readonly (string | null)[] {
  const { check, gain, decision, muted, batchIds, bufferRatings, checkedAt, modelVersion } = outcome;
  const strongest = strongestSignal(check);
  const reasons = decision.reasons.map((reason) => escapeMarkdown(reason, 300)).join('; ');
  return [
    `**${decision.decision === 'retrain' ? 'Retraining is due' : 'Retraining waits'}**${reasons === '' ? '' : `: ${reasons}`}.`,
    muted === null
      ? null
      : `Muted by ${loginSpan(muted.by)} until ${formatInstant(muted.until)}: the check is stored, but it opens no issue, posts no comment and starts no training.`,
    gainTable(gain),
    findingTable(check.findings, movieTitle),
    signalSection(check, confidence),
    qualityTable(check.quality),
    strongest === null ? null : effectChart(strongest.name, strongest.threshold, history),
    details('Where it comes from', originSection(check, movieTitle)),
    `Checked ${formatInstant(checkedAt)} with the preset \`${check.preset}\`: ${formatCount(bufferRatings)} ratings since the training of v${modelVersion}, ${batchIds.length === 1 ? 'batch' : 'batches'} ${formatRanges(batchIds)}.`,
  ];
}

function nextSteps({ outcome, reportUrl, run }: Shown & Common): readonly NextStep[] {
  const { issue, decision, muted } = outcome;
  const isDispatched = decision.decision === 'retrain' && muted === null;
  return [
    ...(issue === null
      ? []
      : [
          {
            text: `Drift issue ${issue.number}${issue.state === 'closed' ? ', now closed' : ''}: ${escapeMarkdown(issue.title, 200)}`,
            url: issue.location,
          },
        ]),
    ...(isDispatched
      ? [{ text: 'Runs of the training', url: workflowPage(run, 'train') }]
      : [startWorkflow(run, 'train', 'Train anyway')]),
    ...(reportUrl === null ? [] : [{ text: 'Download the drift report', url: reportUrl }]),
  ];
}

function beforeAnyCheck(outcome: NotChecked['outcome'], run: SummaryRun): readonly NextStep[] {
  return outcome.status === 'no-champion'
    ? [
        { text: 'See the progress of the first training', url: workflowPage(run, 'train') },
        startWorkflow(run, 'bootstrap', 'If there was no initial load yet, run the workflow `bootstrap`'),
      ]
    : [startWorkflow(run, 'ingest', 'The workflow `ingest` takes in new batches from the sources')];
}
