/** What the runner knows of a run before it starts. */
export interface RunFacts {
  readonly apiUrl: string;
  readonly owner: string;
  readonly repo: string;
  readonly sha: string;
  readonly ref: string;
  readonly runId: number;
  readonly attempt: number;
  readonly workflow: string;
  /** `train.yml` */
  readonly workflowFile: string;
  readonly job: string;
  readonly eventName: string;
  readonly event: Readonly<Record<string, unknown>>;
  readonly actor: string;
  readonly token: string;
  readonly workspace: string;
}

/** Links in issues and releases read as they would on GitHub; nothing ever goes there. */
const SERVER_URL = 'https://github.com';

/** Facts for an action that is started by itself. */
export const ALONE: RunFacts = {
  apiUrl: 'http://127.0.0.1:9',
  owner: 'acme',
  repo: 'cinematch',
  sha: '0'.repeat(40),
  ref: 'refs/heads/main',
  runId: 1,
  attempt: 1,
  workflow: 'test',
  workflowFile: 'test.yml',
  job: 'test',
  eventName: 'workflow_dispatch',
  event: {},
  actor: 'octocat',
  token: '',
  workspace: '',
};

/** The `github` context of expressions. */
export function githubContext(facts: RunFacts): Readonly<Record<string, unknown>> {
  const repository = `${facts.owner}/${facts.repo}`;
  const pull = facts.event['pull_request'] as
    | { base?: { ref?: string }; head?: { ref?: string } }
    | undefined;
  return {
    token: facts.token,
    job: facts.job,
    ref: facts.ref,
    ref_name: facts.ref.replace(/^refs\/(heads|tags|pull)\//, ''),
    ref_type: facts.ref.startsWith('refs/tags/') ? 'tag' : 'branch',
    ref_protected: false,
    sha: facts.sha,
    base_ref: pull?.base?.ref ?? '',
    head_ref: pull?.head?.ref ?? '',
    repository,
    repository_owner: facts.owner,
    repositoryUrl: `git://github.com/${repository}.git`,
    run_id: String(facts.runId),
    run_number: '1',
    run_attempt: String(facts.attempt),
    retention_days: '90',
    actor: facts.actor,
    triggering_actor: facts.actor,
    workflow: facts.workflow,
    workflow_ref: `${repository}/.github/workflows/${facts.workflowFile}@${facts.ref}`,
    workflow_sha: facts.sha,
    event_name: facts.eventName,
    event: facts.event,
    server_url: SERVER_URL,
    api_url: facts.apiUrl,
    graphql_url: `${facts.apiUrl}/graphql`,
    workspace: facts.workspace,
  };
}

/** What of the context a step also finds in its environment. The token is not among it. */
const AS_VARIABLES = [
  'job',
  'ref',
  'ref_name',
  'ref_type',
  'ref_protected',
  'sha',
  'base_ref',
  'head_ref',
  'repository',
  'repository_owner',
  'run_id',
  'run_number',
  'run_attempt',
  'retention_days',
  'actor',
  'triggering_actor',
  'workflow',
  'workflow_ref',
  'workflow_sha',
  'event_name',
  'server_url',
  'api_url',
  'graphql_url',
  'workspace',
] as const;

/** `GITHUB_REPOSITORY` and its like. */
export function githubVariables(
  context: Readonly<Record<string, unknown>>,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    AS_VARIABLES.map((name) => [`GITHUB_${name.toUpperCase()}`, String(context[name] ?? '')]),
  );
}
