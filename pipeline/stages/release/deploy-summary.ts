import { EXPOSED_ROUTES, type UserRoutes } from '../../config/open-user-routes.ts';
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
    /** A URL: of the API, or of the bundle to download if nothing is hosted. */
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
  readonly userRoutes: UserRoutes;
  readonly store: SummaryStore;
  readonly run?: SummaryRun;
}

const SHOWN_DEPLOYMENTS = 10;

/** The serving model and its predecessor. */
export function deploySummary(summary: DeploySummary): string {
  const { version, from, rolledBack, target, deployments, store } = summary;
  const inPlaceOf = from === null ? '' : ` in place of v${from}`;
  return jobSummary({
    verdict: {
      tone: 'good',
      text: rolledBack
        ? `Rolled back: model v${version} serves again${inPlaceOf}.`
        : `Model v${version} now serves${inPlaceOf}.`,
    },
    sections: [
      target === null
        ? 'No deployment target is set up: the model is only the latest release.'
        : targetText(target),
      summary.userRoutes === 'exposed'
        ? `**Check this:** ${EXPOSED_ROUTES.problem}; ${EXPOSED_ROUTES.remedy}.`
        : null,
      rolledBack
        ? 'Batches keep their roles, so the next check compares new ratings with the training data of this model.'
        : null,
      deploymentTable(deployments),
    ],
    next: nextSteps(summary),
    store,
  });
}

function targetText({ name, location, isHosted }: NonNullable<DeploySummary['target']>): string {
  const deployed = `Deployed to ${escapeMarkdown(name, 200)}`;
  return isHosted
    ? `${deployed}: the API is at ${location}.`
    : `${deployed}, but not hosted: the secret \`VERCEL_TOKEN\` is not set (Settings → Secrets and variables → Actions → New repository secret).`;
}

function deploymentTable(deployments: DeploySummary['deployments']): string | null {
  if (deployments.length === 0) return null;
  return paragraphs([
    '**Serving history**',
    table({
      header: ['Model', 'From', 'Until', 'Change'],
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
            { text: 'The bundle, as an artifact', url: target.location },
            startWorkflow(run, 'deploy', 'After you set `VERCEL_TOKEN`, deploy it to Vercel', { version }),
          ]),
    ...(before === undefined
      ? []
      : [
          startWorkflow(run, 'rollback', `If the model is bad, roll back to v${before.version}`, {
            version: before.version,
          }),
        ]),
  ];
}
