export type OptionalSecret = 'DATABASE_URL' | 'VERCEL_TOKEN' | 'MLFLOW_TRACKING_URI' | 'ALERT_WEBHOOK_URL';
export type WritePermission = 'issues' | 'contents' | 'actions' | 'deployments';

/** What a run found out about the repository it runs in. */
export interface SetupFacts {
  readonly hasSecret: Readonly<Record<OptionalSecret, boolean>>;
  /** What was tried with the run's token; what was not tried is not judged. */
  readonly canWrite: Readonly<Partial<Record<WritePermission, boolean>>>;
  readonly isFork: boolean;
  readonly issuesEnabled: boolean;
  /** Workflows that are switched off, by name: in a fork those with a schedule are, at first. */
  readonly disabledWorkflows?: readonly string[];
}

/** One thing a living pipeline has or lacks. */
export interface SetupCheck {
  readonly name: string;
  /** `missing` stops a pipeline, `optional-missing` leaves something out. */
  readonly status: 'ok' | 'optional-missing' | 'missing';
  /** What it is for and, when it is missing, what happens instead. */
  readonly purpose: string;
  /** Where a person sets it. */
  readonly where: string;
}

const SECRETS = 'Settings → Secrets and variables → Actions → New repository secret';

const SECRET_CHECKS: Readonly<
  Record<OptionalSecret, { readonly has: string; readonly lacks: string; readonly where?: string }>
> = {
  DATABASE_URL: {
    has: 'ratings, models and checks are kept in this Postgres',
    lacks: 'the embedded Postgres is used; its data directory travels between runs as an artifact',
  },
  VERCEL_TOKEN: {
    has: 'the API is hosted at Vercel with the model that was promoted',
    lacks:
      'models are trained, judged, released and recorded; nothing is hosted, and what would be is an artifact of each deployment',
  },
  MLFLOW_TRACKING_URI: {
    has: 'every training is mirrored to this MLflow server',
    lacks: 'trainings are mirrored nowhere',
    where: `${SECRETS}, or the same as a variable`,
  },
  ALERT_WEBHOOK_URL: {
    has: 'a change of a drift episode is posted there',
    lacks: 'the drift issue alone tells of a drift episode',
  },
};

const PERMISSION_CHECKS: Readonly<Record<WritePermission, string>> = {
  issues: 'opens, updates and closes the drift issue',
  contents: 'makes releases, which are the registry of models',
  actions: 'hands over from one workflow to the next',
  deployments: 'records which model serves since when',
};

/**
 * Says of everything a living pipeline takes whether it is there, what it is for and where it is set. Issues
 * and permissions must be there; a secret that is missing leaves something out.
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
    purpose: `every drift episode is an issue${!issuesEnabled && isFork ? '; a fork begins with issues switched off' : ''}`,
    where: 'Settings → General → Features → Issues',
  };
}

function permissionCheck(name: string, purpose: string, can: boolean): SetupCheck {
  return {
    name: `${name}: write`,
    status: can ? 'ok' : 'missing',
    purpose,
    where:
      '`permissions` of the job in .github/workflows; where an organisation narrows them, Settings → Actions → General → Workflow permissions',
  };
}

function workflowCheck(name: string): SetupCheck {
  return {
    name: `Workflow ${name}`,
    status: 'missing',
    purpose: 'it is switched off, so its schedule and every hand-over to it come to nothing',
    where: `Actions → ${name} → Enable workflow`,
  };
}
