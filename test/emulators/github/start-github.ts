import {
  type Actor,
  GRANTABLE_IN_HEADERS,
  jobPermissions,
  type Level,
  type Role,
  tokenOf,
} from './actors.ts';
import { artifactRoutes, openArtifacts } from './artifacts.ts';
import { deploymentRoutes } from './deployments.ts';
import { type Fault, openFaults } from './faults.ts';
import { issueRoutes } from './issues.ts';
import { BOT, DEFAULT_BRANCH, OWNER, REPO, repoPath, SERVER_URL } from './names.ts';
import { type Call, json, type LoggedRequest, openOrigin, type Reply, type Traffic } from './origin.ts';
import { type OpenedPullRequest, openPullRequests, type PullRequestStore } from './pull-requests.ts';
import { assetRoutes, leaveStarter, openAssets, uploadRoutes } from './release-assets.ts';
import { openReleases } from './releases.ts';
import { repositoryRoutes } from './repository.ts';
import { openResults } from './results-service.ts';
import { openRouter } from './routes.ts';
import { openStorage } from './storage.ts';
import { openUpstream } from './upstream.ts';
import { type Dispatched, type KnownWorkflow, openWorkflows, type WorkflowState } from './workflows.ts';

export interface GithubOptions {
  /** @default false */
  readonly private?: boolean;
  /** Who has an account, and what they may do, besides {@link PEOPLE}. */
  readonly people?: Readonly<Record<string, Role>>;
  /** By file name: what can be dispatched with which inputs. Without, any workflow with any input. */
  readonly workflows?: Readonly<Record<string, KnownWorkflow>>;
  /** Whether published releases are immutable, a setting of the repository. @default false */
  readonly immutableReleases?: boolean;
}

/** People with an account wherever GitHub is emulated. */
export const PEOPLE: Readonly<Record<string, Role>> = {
  [OWNER]: 'admin',
  maintainer: 'write',
  reader: 'read',
  stranger: 'none',
  contributor: 'none',
};

export interface EmulatedGithub {
  readonly apiUrl: string;
  /** Where pages are; nothing is to be fetched from there. */
  readonly serverUrl: string;
  readonly repository: { readonly owner: typeof OWNER; readonly repo: typeof REPO };
  readonly defaultBranch: typeof DEFAULT_BRANCH;
  /** Head commit of the default branch. */
  readonly sha: string;
  /** A token of github-actions[bot] with exactly the `permissions:` of a job. */
  jobToken(permissions: Readonly<Record<string, Level>>): Promise<string>;
  /** A token of a person. @throws Error unless the person has an account with this role. */
  userToken(login: string, role: Role): Promise<string>;
  readonly requests: readonly LoggedRequest[];
  readonly dispatches: readonly Dispatched[];
  /** Files of the workflows that were asked to be enabled. */
  readonly enabledWorkflows: readonly string[];
  /** The oldest dispatch that nobody has taken, or null. */
  takeDispatch(): Dispatched | null;
  inject(fault: Fault): void;
  clearFaults(): void;
  /** Registers a run of a workflow file: `drift.yml`. */
  startRun(run: StartedRun): { readonly runId: number };
  finishRun(runId: number, conclusion: string): void;
  setWorkflowState(workflow: string, state: WorkflowState): void;
  /** What the runner gives a job to reach the artifacts of its run. */
  resultsEnvironment(run: {
    readonly runId: number;
    readonly jobId: string;
  }): Readonly<Record<string, string>>;
  /** Puts an artifact there without a client, as one of a run; the bytes need not be a zip file. */
  putArtifact(artifact: { runId: number; name: string; bytes: Uint8Array }): { readonly artifactId: number };
  /** As after its retention days. */
  expireArtifact(artifactId: number): void;
  openPullRequest(options: Parameters<PullRequestStore['open']>[0]): Promise<OpenedPullRequest>;
  stop(): Promise<void>;
}

interface StartedRun {
  readonly workflow: string;
  readonly event: string;
  /** @default main */
  readonly headBranch?: string;
  /** @default the head of main */
  readonly headSha?: string;
  /** Whether the branch is one of a fork. @default false */
  readonly fork?: boolean;
  /** @default now */
  readonly createdAt?: Date;
}

/**
 * GitHub on this machine: the `emulate` package for issues, comments, labels, pull requests, check runs and git
 * objects, behind servers of our own that add the rest and ask for permissions as GitHub does. README.md lists
 * every route.
 */
export async function startGithub(options: GithubOptions = {}): Promise<EmulatedGithub> {
  const traffic: Traffic = { requests: [], faults: openFaults() };
  const roles = new Map(Object.entries({ ...PEOPLE, ...options.people }));
  const personToken = (login: string): string => `ghp_${login}`;
  const actors = new Map<string, Actor>(
    [...roles].map(([login, role]) => {
      const token = personToken(login);
      return [token, { kind: 'person', login, role, token }];
    }),
  );
  const who = (call: Call): string => {
    const token = tokenOf(call);
    return token === undefined ? 'nobody' : (actors.get(token)?.login ?? 'unknown');
  };
  const asActor = (route: (call: Call, actor: Actor) => Reply | Promise<Reply>) => (call: Call) => {
    const token = tokenOf(call);
    if (token === undefined) return json(401, { message: 'Requires authentication', status: '401' });
    const actor = actors.get(token);
    return actor === undefined
      ? json(401, { message: 'Bad credentials', status: '401' })
      : route(call, actor);
  };

  let answer: (call: Call) => Reply | Promise<Reply> = () => json(503, { message: 'Starting' });
  let upload = answer;
  let broken: (call: Call) => void = () => {};
  const api = await openOrigin({ name: 'api', traffic, who, answer: (call) => answer(call) });
  const uploads = await openOrigin({
    name: 'uploads',
    traffic,
    who,
    answer: (call) => upload(call),
    broken: (call) => broken(call),
  });
  const storage = await openStorage(traffic);
  const apiUrl = api.url;

  const upstream = await openUpstream({
    apiUrl,
    private: options.private ?? false,
    people: new Map([...roles.keys()].map((login) => [personToken(login), login])),
    ownerToken: personToken(OWNER),
    grantable: GRANTABLE_IN_HEADERS,
  });
  const { routes, resolve, repositoryId, tag, head } = await repositoryRoutes(upstream, roles);
  const known = options.workflows;
  const workflows = openWorkflows({ apiUrl, repositoryId, known, resolve });
  const assets = openAssets();
  const releases = openReleases({
    apiUrl,
    uploadsUrl: uploads.url,
    assets,
    committedAt: head.committedAt,
    immutable: options.immutableReleases ?? false,
    tag,
  });
  const assetOptions = { apiUrl, assets, releases, storage };
  const artifacts = openArtifacts();
  const results = await openResults({ traffic, artifacts, storage });
  const pullRequests = openPullRequests({ upstream, tokenOf: personToken, resolve });
  const isRunning = (sha: string): boolean =>
    workflows.runs.some((run) => run.headSha === sha && run.conclusion === null);

  answer = asActor(
    openRouter(repoPath(), [
      ...routes,
      ...issueRoutes({ apiUrl, upstream, pullRequests }),
      ...pullRequests.routes,
      ...releases.routes,
      ...assetRoutes(assetOptions),
      ...deploymentRoutes({ apiUrl, resolve, isRunning }),
      ...workflows.routes,
      ...artifactRoutes({ apiUrl, repositoryId, artifacts, runs: workflows.runs, storage }),
    ]),
  );
  upload = asActor(openRouter(repoPath(), uploadRoutes(assetOptions)));
  broken = (call) => leaveStarter(assetOptions, call);

  let runIds = 1_000;
  return {
    apiUrl,
    serverUrl: SERVER_URL,
    repository: { owner: OWNER, repo: REPO },
    defaultBranch: DEFAULT_BRANCH,
    sha: head.sha,
    jobToken: async (wanted) => {
      const permissions = jobPermissions(wanted);
      const token = await upstream.mint(permissions);
      actors.set(token, { kind: 'bot', login: BOT, token, permissions });
      return token;
    },
    userToken: async (login, role) => {
      const actual = roles.get(login);
      if (actual !== role)
        throw new Error(`${login} is ${actual ?? 'unknown'}: name the people to startGithub().`);
      return personToken(login);
    },
    requests: traffic.requests,
    dispatches: workflows.dispatches,
    enabledWorkflows: workflows.enabled,
    takeDispatch: workflows.take,
    inject: traffic.faults.inject,
    clearFaults: traffic.faults.clear,
    startRun: ({ workflow, event, headBranch, headSha, fork, createdAt }) => {
      const id = ++runIds;
      workflows.runs.push({
        id,
        workflow,
        event,
        headBranch: headBranch ?? DEFAULT_BRANCH,
        headSha: headSha ?? head.sha,
        fork: fork ?? false,
        createdAt: createdAt ?? new Date(),
        conclusion: null,
      });
      return { runId: id };
    },
    finishRun: (runId, conclusion) => {
      const run = workflows.runs.find(({ id }) => id === runId);
      if (run === undefined) throw new Error(`There is no run ${runId}.`);
      run.conclusion = conclusion;
    },
    setWorkflowState: workflows.setState,
    resultsEnvironment: ({ runId, jobId }) => results.environment(runId, jobId),
    putArtifact: ({ runId, name, bytes }) => {
      const artifact = artifacts.add({ runId, name, bytes: Buffer.from(bytes) });
      if (artifact === null) throw new Error(`Run ${runId} has an artifact ${name}.`);
      return { artifactId: artifact.id };
    },
    expireArtifact: (artifactId) => {
      for (const artifact of artifacts.all) if (artifact.id === artifactId) artifact.expired = true;
    },
    openPullRequest: pullRequests.open,
    stop: async () => {
      await Promise.all([api, uploads, storage.origin, results.origin, upstream].map((each) => each.close()));
    },
  };
}
