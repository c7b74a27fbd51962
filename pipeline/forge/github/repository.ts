import { defaults } from '@actions/github/lib/utils';
import { OperatorError } from '../../lib/errors.ts';
import { bufferedFetch } from './buffered-fetch.ts';
import type { Connection, Octokit } from './connect.ts';
import { unlessNotFound } from './failure.ts';

/** A repository, its workflows and their artifacts. */
export interface Repository {
  settings(): Promise<{
    readonly isFork: boolean;
    /** False in a new fork. */
    readonly hasIssues: boolean;
  }>;
  /** Whether a user has the permission write, maintain or admin. */
  mayWrite(login: string): Promise<boolean>;
  /** When a run was created; the same for all its attempts. */
  runCreatedAt(runId: number): Promise<Date>;
  /**
   * When the newest run of a workflow on the default branch was created, finished or not; null without a run.
   *
   * @param workflow name of its file without `.yml`, as in all methods here.
   */
  lastRunAt(workflow: string): Promise<Date | null>;
  /**
   * False when GitHub disabled it after 60 inactive days, or a user disabled it.
   *
   * @throws OperatorError `forge-missing` when the workflow does not exist.
   */
  isWorkflowEnabled(workflow: string): Promise<boolean>;
  /**
   * Enables a workflow that runs, or that GitHub disabled because nothing happened in the repository: its 60 days begin
   * anew. One that a person disabled stays disabled.
   *
   * @throws OperatorError `forge-missing` when the workflow does not exist, `forge-denied` when the token may not.
   */
  keepWorkflowEnabled(workflow: string): Promise<void>;
  /**
   * The newest artifact with a name from a run on this repository's default branch. Runs of pull requests and forks do
   * not count, because they could upload anything under the name.
   */
  newestArtifact(name: string): Promise<ArtifactRef | null>;
  /** The artifact of one run by name. Its content is not trusted. */
  artifactOfRun(runId: number, name: string): Promise<ArtifactRef | null>;
  /**
   * The artifact as a zip file.
   *
   * @throws OperatorError `artifact-invalid` when it is larger than the limit.
   */
  downloadArtifact(id: number, limitBytes: number): Promise<Uint8Array>;
  /**
   * Deletes all but the newest artifacts with a name, among those of `newestArtifact`, because storage is limited.
   *
   * @param keep number of artifacts to keep.
   */
  keepNewestArtifacts(name: string, keep: number): Promise<void>;
  /** Creates missing labels and does not change existing ones. */
  ensureLabels(labels: readonly Label[]): Promise<void>;
}

export interface ArtifactRef {
  readonly id: number;
  readonly runId: number;
  /** `sha256:…` of the zip file, or null if GitHub does not state it. */
  readonly digest: string | null;
}

export interface Label {
  readonly name: string;
  /** Six hex digits. */
  readonly color: string;
  readonly description: string;
}

type RawArtifact = Awaited<ReturnType<Octokit['rest']['actions']['getArtifact']>>['data'];

export function githubRepository({ octokit, at, once, options, inTurn, createOnce }: Connection): Repository {
  const { actions, issues, repos } = octokit.rest;
  const fileOf = (workflow: string): string => `${workflow}.yml`;

  const isOurs = ({ workflow_run: run }: RawArtifact): boolean =>
    run?.repository_id !== undefined &&
    run.head_repository_id === run.repository_id &&
    run.head_branch === options.defaultBranch;

  return {
    settings: async () => {
      const { fork: isFork, has_issues: hasIssues } = (await repos.get(at)).data;
      return { isFork, hasIssues };
    },
    mayWrite: async (login) => {
      const answer = await unlessNotFound(repos.getCollaboratorPermissionLevel({ ...at, username: login }));
      // GitHub returns `maintain` as write and `triage` as read here.
      return answer?.data.permission === 'admin' || answer?.data.permission === 'write';
    },
    runCreatedAt: async (runId) =>
      new Date((await actions.getWorkflowRun({ ...at, run_id: runId })).data.created_at),
    lastRunAt: async (workflow) => {
      const answer = await unlessNotFound(
        actions.listWorkflowRuns({
          ...at,
          workflow_id: fileOf(workflow),
          branch: options.defaultBranch,
          per_page: 1,
        }),
      );
      const run = answer?.data.workflow_runs[0];
      return run === undefined ? null : new Date(run.created_at);
    },
    isWorkflowEnabled: async (workflow) =>
      (await actions.getWorkflow({ ...at, workflow_id: fileOf(workflow) })).data.state === 'active',
    keepWorkflowEnabled: async (workflow) => {
      const of = { ...at, workflow_id: fileOf(workflow) };
      const { state } = (await actions.getWorkflow(of)).data;
      if (state === 'active' || state === 'disabled_inactivity') await actions.enableWorkflow(of);
    },
    newestArtifact: async (name) => {
      const pages = octokit.paginate.iterator(actions.listArtifactsForRepo, { ...at, name, per_page: 100 });
      // The newest artifacts are on the first page.
      for await (const { data } of pages) {
        const newest = newestOf(data.filter(isOurs), name);
        if (newest !== null) return newest;
      }
      return null;
    },
    keepNewestArtifacts: async (name, keep) => {
      const all = await octokit.paginate(actions.listArtifactsForRepo, { ...at, name, per_page: 100 });
      const ours = all.filter((artifact) => isOurs(artifact) && artifact.name === name && !artifact.expired);
      const old = ours.sort((a, b) => b.id - a.id).slice(keep);
      for (const { id } of old) await unlessNotFound(actions.deleteArtifact({ ...at, artifact_id: id }));
    },
    artifactOfRun: async (runId, name) =>
      newestOf(
        await octokit.paginate(actions.listWorkflowRunArtifacts, {
          ...at,
          run_id: runId,
          name,
          per_page: 100,
        }),
        name,
      ),
    downloadArtifact: async (id, limitBytes) => {
      const { data: artifact } = await actions.getArtifact({ ...at, artifact_id: id });
      if (artifact.size_in_bytes > limitBytes)
        throw tooLarge(artifact.name, artifact.size_in_bytes, limitBytes);
      const { data } = await actions.downloadArtifact({
        ...at,
        artifact_id: id,
        archive_format: 'zip',
        request: {
          parseSuccessResponseBody: false,
          fetch: bufferedFetch(defaults.request?.fetch, limitBytes),
        },
      });
      const bytes = data as Uint8Array;
      if (bytes.length > limitBytes) throw tooLarge(artifact.name, bytes.length, limitBytes);
      return bytes;
    },
    ensureLabels: (labels) =>
      inTurn(async () => {
        const existing = async (): Promise<ReadonlySet<string>> =>
          new Set((await octokit.paginate(issues.listLabelsForRepo, { ...at, per_page: 100 })).map(nameOf));
        const present = await existing();
        for (const label of labels.filter((each) => !present.has(nameOf(each)))) {
          let isFirstLook = true;
          await createOnce<unknown>(
            async () => {
              // The labels are read again only after an attempt with an unknown result.
              const isThere = !isFirstLook && (await existing()).has(nameOf(label));
              isFirstLook = false;
              return isThere ? label : null;
            },
            async () => (await issues.createLabel({ ...at, ...label, ...once })).data,
          );
        }
      }),
  };
}

/** For GitHub, `Drift` and `drift` are the same label. */
const nameOf = ({ name }: { readonly name: string }): string => name.toLowerCase();

function newestOf(artifacts: readonly RawArtifact[], name: string): ArtifactRef | null {
  const [newest] = artifacts
    .filter((artifact) => artifact.name === name && !artifact.expired)
    .sort((a, b) => b.id - a.id);
  if (newest === undefined) return null;
  return { id: newest.id, runId: newest.workflow_run?.id ?? 0, digest: newest.digest ?? null };
}

const tooLarge = (name: string, bytes: number, limit: number): OperatorError =>
  new OperatorError(
    'artifact-invalid',
    `The artifact "${name}" has at least ${bytes} bytes; the limit is ${limit}.`,
    'Check what the run uploaded. The artifact was not used.',
  );
