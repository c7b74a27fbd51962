export type OptionalSecret = 'DATABASE_URL' | 'VERCEL_TOKEN' | 'MLFLOW_TRACKING_URI' | 'ALERT_WEBHOOK_URL';
export type WritePermission = 'issues' | 'contents' | 'actions' | 'deployments';

/** The facts about the repository of a run. */
export interface SetupFacts {
  readonly hasSecret: Readonly<Record<OptionalSecret, boolean>>;
  /** Results of trying the run's token. A permission that was not tried is not checked. */
  readonly canWrite: Readonly<Partial<Record<WritePermission, boolean>>>;
  readonly isFork: boolean;
  readonly issuesEnabled: boolean;
  /** Names of disabled workflows. A new fork has its scheduled workflows disabled. */
  readonly disabledWorkflows?: readonly string[];
}

/** One thing that a pipeline needs or can use. */
export interface SetupCheck {
  readonly name: string;
  /** `missing` stops the pipeline, `optional-missing` only disables a feature. */
  readonly status: 'ok' | 'optional-missing' | 'missing';
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

const PERMISSION_CHECKS: Readonly<Record<WritePermission, string>> = {
  issues: 'opens, updates and closes the drift issue',
  contents: 'creates releases, which are the model registry',
  actions: 'starts the next workflow',
  deployments: 'records which model serves',
};

/**
 * Checks everything that a pipeline needs or can use: state, purpose and where to set it. Issues and permissions
 * are required; secrets are optional.
 */
export function preflight(facts: SetupFacts): readonly SetupCheck[] {
  return [
    issuesCheck(facts),
    ...Object.entries(PERMISSION_CHECKS).flatMap(([name, purpose]) => {
      const can = facts.canWrite[name as WritePermission];
      return can === undefined ? [] : [permissionCheck(name, purpose, can)];
    }),
    ...(facts.disabledWorkflows ?? []).map(workflowCheck),
    ...Object.entries(SECRET_CHECKS).map(([name, { has, lacks, where = SECRETS }]): SetupCheck => {
      const isSet = facts.hasSecret[name as OptionalSecret];
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

function permissionCheck(name: string, purpose: string, can: boolean): SetupCheck {
  return {
    name: `${name}: write`,
    status: can ? 'ok' : 'missing',
    purpose,
    where:
      '`permissions` of the job in .github/workflows; if an organisation restricts them, Settings → Actions → General → Workflow permissions',
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
