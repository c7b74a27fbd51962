import { EXPOSED_ROUTES, type UserRoutes } from '../../config/open-user-routes.ts';

export const OPTIONAL_SECRETS = [
  'DATABASE_URL',
  'VERCEL_TOKEN',
  'MLFLOW_TRACKING_URI',
  'ALERT_WEBHOOK_URL',
] as const;
export type OptionalSecret = (typeof OPTIONAL_SECRETS)[number];

/** The facts about the repository of a run. */
export interface SetupFacts {
  readonly hasSecret: Readonly<Record<OptionalSecret, boolean>>;
  /** Whether the run's token can change issues; null if that was not tried. */
  readonly canWriteIssues: boolean | null;
  readonly isFork: boolean;
  readonly userRoutes: UserRoutes;
  readonly issuesEnabled: boolean;
  /** Names of disabled workflows. A new fork has its scheduled workflows disabled. */
  readonly disabledWorkflows?: readonly string[];
  /**
   * The promoted release, when the database is empty and so cannot have trained it. `canCarryOver`: whether the embedded
   * database of earlier runs can be moved into this one.
   */
  readonly strangeChampion?: { readonly release: string; readonly canCarryOver: boolean } | null;
}

/** One thing that a pipeline needs or can use. */
export interface SetupCheck {
  readonly name: string;
  /** `missing` stops the pipeline, `optional-missing` only disables a feature, `doubtful` stops nothing and may be wrong. */
  readonly status: 'ok' | 'optional-missing' | 'doubtful' | 'missing';
  /** Its purpose or, when it is missing, what happens without it. */
  readonly purpose: string;
  /** Where a person sets it. */
  readonly where: string;
}

const SECRETS = 'Settings → Secrets and variables → Actions → New repository secret';

const SECRET_CHECKS: Readonly<
  Record<OptionalSecret, { readonly has: string; readonly lacks: string; readonly where?: string }>
> = {
  DATABASE_URL: {
    has: 'ratings, models and checks are stored in this Postgres',
    lacks: 'the embedded Postgres is used; its data directory passes between runs as an artifact',
  },
  VERCEL_TOKEN: {
    has: 'the API is hosted at Vercel with the champion',
    lacks:
      'models are trained, judged and released, but not hosted; the bundle is an artifact of each deployment',
  },
  MLFLOW_TRACKING_URI: {
    has: 'every training is mirrored to this MLflow server',
    lacks: 'trainings are not mirrored',
    where: `${SECRETS}, or a variable of the same name`,
  },
  ALERT_WEBHOOK_URL: {
    has: 'changes of a drift episode are posted to this URL',
    lacks: 'changes of a drift episode are only on its issue',
  },
};

/**
 * Checks everything that a pipeline needs or can use: state, purpose and where to set it. Issues and the
 * permission to change them are required; secrets are optional.
 */
export function preflight(facts: SetupFacts): readonly SetupCheck[] {
  return [
    issuesCheck(facts),
    ...(facts.canWriteIssues === null ? [] : [permissionCheck(facts.canWriteIssues)]),
    ...(facts.disabledWorkflows ?? []).map(workflowCheck),
    ...(facts.strangeChampion ? [databaseCheck(facts.strangeChampion)] : []),
    userRoutesCheck(facts.userRoutes),
    ...OPTIONAL_SECRETS.map((name): SetupCheck => {
      const { has, lacks, where = SECRETS } = SECRET_CHECKS[name];
      const isSet = facts.hasSecret[name];
      return { name, status: isSet ? 'ok' : 'optional-missing', purpose: isSet ? has : lacks, where };
    }),
  ];
}

function issuesCheck({ issuesEnabled, isFork }: SetupFacts): SetupCheck {
  return {
    name: 'Issues',
    status: issuesEnabled ? 'ok' : 'missing',
    purpose: `every drift episode is an issue${!issuesEnabled && isFork ? '; issues are disabled in a new fork' : ''}`,
    where: 'Settings → General → Features → Issues',
  };
}

function userRoutesCheck(userRoutes: UserRoutes): SetupCheck {
  const purposes: Readonly<Record<UserRoutes, string>> = {
    keyed: 'requests about a user need an API key',
    open: 'everyone may ask the API about a user, because the ratings are a simulation',
    exposed: EXPOSED_ROUTES.problem,
  };
  return {
    name: 'serve.userRoutes',
    status: userRoutes === 'exposed' ? 'doubtful' : 'ok',
    purpose: purposes[userRoutes],
    where: EXPOSED_ROUTES.remedy,
  };
}

function permissionCheck(can: boolean): SetupCheck {
  return {
    name: 'issues: write',
    status: can ? 'ok' : 'missing',
    purpose: 'opens, updates and closes the drift issue',
    where: '`permissions` of the job in .github/workflows',
  };
}

function workflowCheck(name: string): SetupCheck {
  return {
    name: `Workflow ${name}`,
    status: 'missing',
    purpose: 'it is disabled, so neither its schedule nor other workflows start it',
    where: `Actions → ${name} → Enable workflow`,
  };
}

function databaseCheck({ release, canCarryOver }: NonNullable<SetupFacts['strangeChampion']>): SetupCheck {
  return {
    name: 'Database',
    status: 'missing',
    purpose: `it is empty, but the release ${release} serves, a model of another database`,
    where: canCarryOver
      ? 'Run `gh workflow run bootstrap.yml -f carry-over=true`: it moves the embedded database of the earlier runs into this one'
      : 'Set `DATABASE_URL` to the database that trained the model. If it is lost, see "Begin anew" in docs/operations.md',
  };
}
