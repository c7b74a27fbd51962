import type { BaselineEvaluation, Evaluation, GateDecision } from '../../evaluate/evaluation.ts';
import type { Manifest } from '../../model/manifest.ts';
import type { Ratings } from '../../ratings/ratings.ts';
import { snapshotOf } from '../../ratings/snapshot.ts';
import { baselineSection, segmentTable } from '../../reports/evaluation-tables.ts';
import { gateProtocol, gateTable } from '../../reports/gate-table.ts';
import { jobSummary, type SummaryStore } from '../../reports/job-summary.ts';
import { formatRanges, paragraphs, plural, table } from '../../reports/markdown.ts';
import { messageToMarkdown } from '../../reports/message-markdown.ts';
import { formatMetric } from '../../reports/metric-text.ts';
import { formatChange, formatCount, formatDay, formatSeconds, NO_VALUE } from '../../reports/numbers.ts';
import { prequentialSection } from '../../reports/prequential-table.ts';
import type { TrainingSet } from './export-training.ts';
import type { FittedModel } from './fit-model.ts';
import { knownLimits } from './known-limits.ts';

/** The step `export`: which ratings the model will learn from and be judged by. */
export function exportSummary({
  set,
  store,
}: {
  readonly set: TrainingSet;
  readonly store: SummaryStore;
}): string {
  const { version, parent, training, batchIds, split } = set;
  return jobSummary({
    verdict: {
      tone: 'good',
      text: `${formatCount(training.length)} ratings exported to train model v${version}${parent === null ? ', the first' : `, the challenger of v${parent}`}.`,
    },
    sections: [
      table(
        {
          header: ['Set', 'Ratings', 'Users', 'Movies', 'Rated from', 'to', 'SHA-256'],
          rows: [partRow('training', training), partRow('holdout', set.holdout)],
        },
        'lrrrlll',
      ),
      `Held out: ${messageToMarkdown(split, 400)}. ${batchIds.length === 1 ? 'Batch' : 'Batches'} of the ledger: ${formatRanges(batchIds)}. Reason: \`${set.reason}\`.`,
    ],
    next: [{ text: 'The job `train` fits the model, without secrets' }],
    store,
  });
}

function partRow(name: string, part: Ratings): readonly string[] {
  const { ratings, users, movies, from, to, sha256 } = snapshotOf(part);
  return [
    name,
    ...[ratings, users, movies].map(formatCount),
    formatDay(from),
    formatDay(to),
    `\`${sha256.slice(0, 12)}…\``,
  ];
}

/** The step `train`: what was fitted, with all settings. */
export function fitSummary({
  set,
  fitted,
}: {
  readonly set: Pick<TrainingSet, 'version' | 'training'>;
  readonly fitted: Omit<FittedModel, 'model'> & { readonly algorithm: string };
}): string {
  const { fitSeconds, hyperParameters, seed, snapshot, algorithm } = fitted;
  return jobSummary({
    verdict: {
      tone: 'good',
      text: `Model v${set.version} learned from ${formatCount(set.training.length)} ratings in ${formatSeconds(fitSeconds)}.`,
    },
    sections: [
      table(
        {
          header: ['Setting', 'Value'],
          rows: [
            ['algorithm', `\`${algorithm}\``],
            ['seed', String(seed)],
            ...Object.entries(hyperParameters).map(([name, value]) => [`\`${name}\``, String(value)]),
            ['SHA-256 of the ratings', `\`${snapshot}\``],
          ],
        },
        'll',
      ),
    ],
    next: [{ text: 'The job `evaluate` scores it on ratings it has not seen' }],
  });
}

/** The step `evaluate`: how good the model is on ratings it was not trained on. */
export function evaluateSummary({
  manifest,
  evaluation,
  baselines,
  gate,
}: {
  readonly manifest: Pick<Manifest, 'version'>;
  readonly evaluation: Evaluation;
  readonly baselines: readonly BaselineEvaluation[];
  readonly gate: GateDecision | null;
}): string {
  const reference =
    gate === null
      ? 'the first model has no champion to compare with'
      : `the champion has ${formatMetric('rmse', gate.champion.rmse)} on the same ratings`;
  return jobSummary({
    verdict: {
      tone: 'good',
      text: `Model v${manifest.version}: RMSE ${formatMetric('rmse', evaluation.rmse)} on ${formatCount(evaluation.ratings)} held-out ratings; ${reference}.`,
    },
    sections: [
      segmentTable(evaluation),
      prequentialSection(evaluation.prequential),
      baselineSection(`v${manifest.version}`, evaluation, baselines),
      paragraphs([
        '**Known limits**',
        knownLimits(evaluation)
          .map((limit) => `- ${limit}`)
          .join('\n'),
      ]),
    ],
    next: [{ text: 'The job `gate` decides by the rules of `cinematch.config.ts`' }],
  });
}

/** The step `gate`: whether the model may replace the champion, rule by rule. */
export function gateSummary({
  manifest: { version, parent },
  gate,
}: {
  readonly manifest: Pick<Manifest, 'version' | 'parent'>;
  readonly gate: GateDecision | null;
}): string {
  const passed = gate === null || gate.outcome === 'promote';
  return jobSummary({
    verdict: {
      tone: passed ? 'good' : 'attention',
      text:
        gate === null
          ? `Model v${version} passes: it is the first model, so there is no champion to beat.`
          : passed
            ? `Model v${version} passed the gate against v${parent ?? NO_VALUE}: RMSE ${rmseChange(gate)}.`
            : `The gate refused model v${version}: v${parent ?? NO_VALUE} keeps serving. ${failedRules(gate)}`,
    },
    sections: gateSections({ version, parent }, gate),
    next: [
      {
        text: passed
          ? 'The job `publish` attests it and publishes it as a prerelease'
          : 'The job `publish` records the refusal; nothing is released',
      },
    ],
  });
}

/** Champion and challenger side by side; empty for the first model. */
export function gateSections(
  { version, parent }: Pick<Manifest, 'version' | 'parent'>,
  gate: GateDecision | null,
): readonly string[] {
  if (gate === null) return [];
  return [gateTable(gate, parent === null ? 'champion' : `v${parent}`, `v${version}`), gateProtocol(gate)];
}

/** `0.8710 → 0.8580 (−1.5%)` */
export function rmseChange({ champion, challenger }: GateDecision): string {
  const [before, after] = [champion.rmse, challenger.rmse];
  const change = before === null || after === null || before === 0 ? null : (after - before) / before;
  return `${formatMetric('rmse', before)} → ${formatMetric('rmse', after)}${change === null ? '' : ` (${formatChange(change)})`}`;
}

function failedRules({ rules }: GateDecision): string {
  const failed = rules.filter(({ passed }) => !passed).length;
  return `${failed} of ${rules.length} ${plural(rules.length, 'rule')} failed.`;
}
