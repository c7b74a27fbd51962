import type { GateDecision } from '../../evaluate/evaluation.ts';
import { escapeMarkdown } from '../../lib/escape.ts';
import type { Manifest } from '../../model/manifest.ts';
import { jobSummary, type NextStep, type SummaryStore } from '../../reports/job-summary.ts';
import { table } from '../../reports/markdown.ts';
import { formatMetric } from '../../reports/metric-text.ts';
import { formatBytes } from '../../reports/numbers.ts';
import { type SummaryRun, startWorkflow, workflowPage } from '../../reports/run-links.ts';
import { gateSections, rmseChange } from '../training/training-summary.ts';

export interface PublishSummary {
  readonly manifest: Pick<Manifest, 'version' | 'parent' | 'metrics'>;
  readonly gate: GateDecision | null;
  /** Null when the gate refused. */
  readonly release: {
    readonly tag: string;
    readonly location: string;
    readonly assets: readonly { readonly name: string; readonly size: number; readonly sha256: string }[];
  } | null;
  /** Whether the release has an attestation of the model's origin. */
  readonly attested: boolean;
  readonly store: SummaryStore;
  readonly run?: SummaryRun;
}

/** The published release, or the reasons of a refusal. */
export function publishSummary(summary: PublishSummary): string {
  const { manifest, gate, release, attested, store, run } = summary;
  const { version, parent, metrics } = manifest;
  const rmse = gate === null ? `RMSE ${formatMetric('rmse', metrics.rmse)}` : `RMSE ${rmseChange(gate)}`;
  return jobSummary({
    verdict:
      release === null
        ? {
            tone: 'attention',
            text: `Model v${version} is not released: the gate refused it${parent === null ? '' : `, v${parent} keeps serving`}.`,
          }
        : {
            tone: 'good',
            text: `Model v${version} is published as the prerelease \`${release.tag}\`: ${rmse}.`,
          },
    sections: [
      release === null ? null : attestationText(attested),
      ...gateSections(manifest, gate),
      release === null ? null : assetTable(release.assets),
    ],
    next: nextSteps(release, run),
    store,
  });
}

function attestationText(attested: boolean): string {
  return attested
    ? 'Attested: the release has a signed statement of the run and the commit that made the model. The deployment verifies it.'
    : 'Not attested: GitHub offers attestations to public repositories and to private ones of Enterprise Cloud. Every digest was verified by reading the release back.';
}

function assetTable(assets: NonNullable<PublishSummary['release']>['assets']): string {
  return table(
    {
      header: ['File', 'Size', 'SHA-256'],
      rows: assets.map(({ name, size, sha256 }) => [
        escapeMarkdown(name),
        formatBytes(size),
        `\`${sha256}\``,
      ]),
    },
    'lrl',
  );
}

function nextSteps(release: PublishSummary['release'], run: SummaryRun): readonly NextStep[] {
  if (release === null) {
    return [
      startWorkflow(run, 'ingest', 'Take in the next batch, so that the next challenger has new ratings'),
    ];
  }
  return [
    { text: `Release \`${release.tag}\``, url: release.location },
    {
      text: 'The workflow `deploy` was dispatched: it verifies the release, deploys it, and promotes it',
      url: workflowPage(run, 'deploy'),
    },
  ];
}
