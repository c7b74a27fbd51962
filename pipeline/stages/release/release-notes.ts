import {
  type BaselineEvaluation,
  type Evaluation,
  type GateDecision,
  gateMetrics,
} from '../../evaluate/evaluation.ts';
import { escapeMarkdown } from '../../lib/escape.ts';
import type { TrainingReason } from '../../lib/training-reason.ts';
import type { Manifest } from '../../model/manifest.ts';
import { baselineSection, segmentTable } from '../../reports/evaluation-tables.ts';
import { gateProtocol, gateTable } from '../../reports/gate-table.ts';
import { paragraphs, table } from '../../reports/markdown.ts';
import { formatMetric } from '../../reports/metric-text.ts';
import { formatBytes, formatChange } from '../../reports/numbers.ts';
import { dataSection, trainingSection } from '../../reports/provenance.ts';
import { knownLimits } from '../training/known-limits.ts';

/** `Model v13: RMSE 0.8710 → 0.8580 (−1.5%)` */
export function releaseTitle({
  manifest,
  gate,
}: {
  readonly manifest: Manifest;
  readonly gate: GateDecision | null;
}): string {
  return `Model v${manifest.version}: ${headline(manifest, gate)}`;
}

export interface ReleaseNotesInput {
  readonly manifest: Manifest;
  /** Null for the first model, which had no champion to beat. */
  readonly gate: GateDecision | null;
  readonly evaluation: Evaluation;
  readonly baselines: readonly BaselineEvaluation[];
  /** The drift issue that led to it. */
  readonly issue: number | null;
  readonly rollbackCommand: string;
  readonly verifyCommand: string;
}

/** The text of a model's release: the change in metrics, the data, and how to verify it or roll back. */
export function releaseNotes({
  manifest,
  gate,
  evaluation,
  baselines,
  issue,
  rollbackCommand,
  verifyCommand,
}: ReleaseNotesInput): string {
  const { version, parent } = manifest;
  return paragraphs([
    `**${headline(manifest, gate)}**, ${occasion(manifest.reason, issue)}.`,
    (manifest.because ?? []).map((reason) => `- ${escapeMarkdown(reason, 300)}`).join('\n') || null,
    '## Gate',
    gate === null
      ? paragraphs([
          `The first model has no champion to beat. Its metrics on ratings it was not trained on:`,
          segmentTable(evaluation),
        ])
      : paragraphs([
          gateTable(gate, parent === null ? 'champion' : `v${parent}`, `v${version}`),
          gateProtocol(gate),
        ]),
    baselineSection(`v${version}`, evaluation, baselines),
    '## Data',
    dataSection(manifest),
    '## Training',
    trainingSection(manifest),
    '## Known limits',
    knownLimits(evaluation)
      .map((limit) => `- ${limit}`)
      .join('\n'),
    gate === null ? null : segmentTable(evaluation),
    '## Verify',
    `Checks the SHA-256 and the format of all files below:\n\n${shell(verifyCommand)}`,
    '## Roll back',
    parent === null
      ? 'There is no earlier model to roll back to.'
      : `Restores the previous model, v${parent} at the time of this release:\n\n${shell(rollbackCommand)}`,
    '## Assets',
    table(
      {
        header: ['File', 'Size', 'SHA-256'],
        rows: Object.entries(manifest.files).map(([name, { bytes, sha256 }]) => [
          `\`${name}\``,
          formatBytes(bytes),
          `\`${sha256}\``,
        ]),
      },
      'lrl',
    ),
    '`manifest.json` lists the same digests and how the model was made.',
  ]);
}

const shell = (command: string): string => `\`\`\`sh\n${command}\n\`\`\``;

function headline({ metrics }: Manifest, gate: GateDecision | null): string {
  const compared = gate && gateMetrics(gate);
  const before = compared?.champion.rmse ?? null;
  const after = compared?.challenger.rmse ?? metrics.rmse;
  if (before === null || after === null) return `RMSE ${formatMetric('rmse', after)}`;
  return `RMSE ${formatMetric('rmse', before)} → ${formatMetric('rmse', after)} (${formatChange((after - before) / before)})`;
}

function occasion(reason: TrainingReason, issue: number | null): string {
  switch (reason) {
    case 'first-model':
      return 'the first model';
    case 'gain':
      return 'a routine training without drift, because of what retraining gains';
    case 'age':
      return 'a routine training without drift, because of the age of the champion';
    case 'erasure':
      return 'a routine training without drift, because users were erased';
    case 'manual':
      return 'trained on request';
    case 'drift':
      return issue === null ? 'trained because of drift' : `trained because of drift issue #${issue}`;
  }
}
