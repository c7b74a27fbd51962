import { defaults } from '@actions/github/lib/utils';
import { OperatorError } from '../../lib/errors.ts';
import type { Connection, Octokit } from './connect.ts';
import { unlessMissing } from './failure.ts';
import { wholeResponses } from './whole-responses.ts';

/** What a repository says about itself, its workflows and their artifacts. */
export interface Repository {
  /** How it is set up. */
  settings(): Promise<RepositorySettings>;
  /** Whether a person may steer: write, maintain or admin. */
  mayWrite(login: string): Promise<boolean>;
  /** When a run was asked for; the same for every attempt at it. */
  runCreatedAt(runId: number): Promise<Date>;
  /**
   * The newest run of a workflow on the default branch, finished or not, or null.
   *
   * @param workflow its file without `.yml`, as everywhere here.
   */
  lastRun(workflow: string): Promise<WorkflowRun | null>;
  /**
   * False when GitHub switched it off after 60 idle days, or a person did.
   *
   * @throws OperatorError `forge-missing` when there is no such workflow.
   */
  isWorkflowEnabled(workflow: string): Promise<boolean>;
  /**
   * The newest artifact of a name that a run of this repository's own default branch made. A pull request
   * could have put up anything under the name, so its runs do not count, nor those of a fork.
   */
  newestArtifact(name: string): Promise<ArtifactRef | null>;
  /** The artifact of one run by name, whoever made it: data to distrust. */
  artifactOfRun(runId: number, name: string): Promise<ArtifactRef | null>;
  /**
   * The artifact as a zip file.
   *
   * @throws OperatorError `artifact-invalid` when it is larger than the limit.
   */
  downloadArtifact(id: number, limitBytes: number): Promise<Uint8Array>;
  /**
   * Deletes all but the newest artifacts of a name, of those `newestArtifact` looks at: storage is limited.
   *
   * @param keep how many stay.
   */
  keepNewestArtifacts(name: string, keep: number): Promise<void>;
  /** Creates the labels that are missing, and leaves the others as people have made them. */
  ensureLabels(labels: readonly Label[]): Promise<void>;
}

export interface RepositorySettings {
  readonly isPrivate: boolean;
  readonly isFork: boolean;
  /** A fork begins without. */
  readonly hasIssues: boolean;
}

export interface WorkflowRun {
  /** `completed`, `in_progress`, `queued`, …. */
  readonly status: string;
  /** `success`, `failure`, …; null until it is completed. */
  readonly conclusion: string | null;
  readonly createdAt: Date;
  /** `schedule`, `workflow_dispatch`, …. */
  readonly event: string;
  readonly url: string;
}

export interface ArtifactRef {
  readonly id: number;
  readonly name: string;
  /** Bytes of the zip file. */
  readonly size: number;
  readonly createdAt: Date;
  readonly runId: number;
  /** `sha256:…` of the zip file, where GitHub states it. */
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
      const { private: isPrivate, fork: isFork, has_issues: hasIssues } = (await repos.get(at)).data;
      return { isPrivate, isFork, hasIssues };
    },
    mayWrite: async (login) => {
      const answer = await unlessMissing(repos.getCollaboratorPermissionLevel({ ...at, username: login }));
      // `maintain` reads as write here, `triage` as read.
      return answer?.data.permission === 'admin' || answer?.data.permission === 'write';
    },
    runCreatedAt: async (runId) =>
      new Date((await actions.getWorkflowRun({ ...at, run_id: runId })).data.created_at),
    lastRun: async (workflow) => {
      const answer = await unlessMissing(
        actions.listWorkflowRuns({
          ...at,
          workflow_id: fileOf(workflow),
          branch: options.defaultBranch,
          per_page: 1,
        }),
      );
      const run = answer?.data.workflow_runs[0];
      if (run === undefined) return null;
      return {
        status: run.status ?? 'unknown',
        conclusion: run.conclusion,
        createdAt: new Date(run.created_at),
        event: run.event,
        url: run.html_url,
      };
    },
    isWorkflowEnabled: async (workflow) =>
      (await actions.getWorkflow({ ...at, workflow_id: fileOf(workflow) })).data.state === 'active',
    newestArtifact: async (name) => {
      const pages = octokit.paginate.iterator(actions.listArtifactsForRepo, { ...at, name, per_page: 100 });
      // Pages come newest first.
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
      for (const { id } of old) await unlessMissing(actions.deleteArtifact({ ...at, artifact_id: id }));
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
          fetch: wholeResponses(defaults.request?.fetch, limitBytes),
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
              // What was looked up for all is looked up again only after a doubtful try.
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

/** GitHub takes `Drift` and `drift` for one label. */
const nameOf = ({ name }: { readonly name: string }): string => name.toLowerCase();

function newestOf(artifacts: readonly RawArtifact[], name: string): ArtifactRef | null {
  const [newest] = artifacts
    .filter((artifact) => artifact.name === name && !artifact.expired)
    .sort((a, b) => b.id - a.id);
  if (newest === undefined) return null;
  return {
    id: newest.id,
    name: newest.name,
    size: newest.size_in_bytes,
    createdAt: new Date(newest.created_at ?? 0),
    runId: newest.workflow_run?.id ?? 0,
    digest: newest.digest ?? null,
  };
}

const tooLarge = (name: string, bytes: number, limit: number): OperatorError =>
  new OperatorError(
    'artifact-invalid',
    `The artifact "${name}" has at least ${bytes} bytes; ${limit} are the most that is accepted.`,
    'See what the run put into it; nothing of it was used.',
  );
