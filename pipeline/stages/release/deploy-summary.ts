import { escapeMarkdown } from '../../lib/escape.ts';
import { jobSummary, type NextStep, type SummaryStore } from '../../reports/job-summary.ts';
import { paragraphs, table } from '../../reports/markdown.ts';
import { formatInstant } from '../../reports/numbers.ts';
import { type SummaryRun, startWorkflow } from '../../reports/run-links.ts';

export interface DeploySummary {
  /** The model that serves. */
  readonly version: number;
  /** The one that served before; null when there was none, or the same. */
  readonly from: number | null;
  readonly rolledBack: boolean;
  readonly target: {
    readonly name: string;
    /** An address; of a bundle to download, where nothing is hosted. */
    readonly location: string;
    readonly isHosted: boolean;
  } | null;
  readonly issueClosed: {
    readonly number: number;
    readonly title: string;
    readonly location: string;
  } | null;
  /** Newest first. */
  readonly deployments: readonly {
    readonly version: number;
    readonly description: string;
    readonly createdAt: Date;
  }[];
  readonly release: { readonly tag: string; readonly location: string };
  readonly store: SummaryStore;
  readonly run?: SummaryRun;
}

const SHOWN_DEPLOYMENTS = 10;

/** Which model serves from now on, and which did before. */
export function deploySummary(summary: DeploySummary): string {
  const { version, from, rolledBack, target, deployments, store } = summary;
  const inPlaceOf = from === null ? '' : ` in place of v${from}`;
  return jobSummary({
    verdict: {
      tone: 'good',
      text: rolledBack
        ? `Rolled back: model v${version} serves again${inPlaceOf}.`
        : `Model v${version} serves${inPlaceOf === '' ? '' : ` from now on${inPlaceOf}`}.`,
    },
    sections: [
      target === null
        ? 'It serves nowhere but as the latest release: no place to deploy to is set up.'
        : targetText(target),
      rolledBack
        ? 'Batches keep their roles, so the next check compares new ratings with what this model was trained on.'
        : null,
      deploymentTable(deployments),
    ],
    next: nextSteps(summary),
    store,
  });
}

function targetText({ name, location, isHosted }: NonNullable<DeploySummary['target']>): string {
  const brought = `Brought to ${escapeMarkdown(name, 200)}`;
  return isHosted
    ? `${brought}: it answers at ${location}.`
    : `${brought}, and hosted nowhere: the secret \`VERCEL_TOKEN\` is not set (Settings → Secrets and variables → Actions → New repository secret).`;
}

function deploymentTable(deployments: DeploySummary['deployments']): string | null {
  if (deployments.length === 0) return null;
  return paragraphs([
    '**Who served when**',
    table({
      header: ['Model', 'From', 'Until', 'How it came'],
      rows: deployments
        .slice(0, SHOWN_DEPLOYMENTS)
        .map(({ version, description, createdAt }, index) => [
          `v${version}`,
          formatInstant(createdAt),
          index === 0 ? 'now' : formatInstant(deployments[index - 1]?.createdAt ?? null),
          escapeMarkdown(description, 200),
        ]),
    }),
    deployments.length > SHOWN_DEPLOYMENTS ? `and ${deployments.length - SHOWN_DEPLOYMENTS} earlier` : null,
  ]);
}

function nextSteps({
  target,
  issueClosed,
  release,
  deployments,
  version,
  run,
}: DeploySummary): readonly NextStep[] {
  const before = deployments.find((deployment) => deployment.version !== version);
  return [
    ...(issueClosed === null
      ? []
      : [
          {
            text: `Closed: drift issue ${issueClosed.number}, ${escapeMarkdown(issueClosed.title, 200)}`,
            url: issueClosed.location,
          },
        ]),
    { text: `Release \`${release.tag}\`, now the latest`, url: release.location },
    ...(target === null
      ? []
      : target.isHosted
        ? [{ text: 'The API', url: `${target.location}/api/docs` }]
        : [
            { text: 'What was brought there, as an artifact', url: target.location },
            startWorkflow(run, 'deploy', 'Once `VERCEL_TOKEN` is set, bring it to Vercel', { version }),
          ]),
    ...(before === undefined
      ? []
      : [
          startWorkflow(run, 'rollback', `Should it turn out bad, go back to v${before.version}`, {
            version: before.version,
          }),
        ]),
  ];
}
