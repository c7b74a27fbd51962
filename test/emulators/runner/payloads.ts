import type { TriggerEvent } from './events.ts';

/** Events with the parts of GitHub's payloads that workflows and actions of this repository may look at. */

export interface PullRequestFacts {
  readonly number: number;
  readonly headOwner: string;
  readonly headBranch: string;
  readonly headSha: string;
  readonly baseSha: string;
}

const OWN = { owner: 'acme', name: 'cinematch', id: 1 } as const;

function repositoryOf(owner: string): Readonly<Record<string, unknown>> {
  return {
    full_name: `${owner}/${OWN.name}`,
    name: OWN.name,
    owner: { login: owner },
    fork: owner !== OWN.owner,
  };
}

/** A pull request that was opened, from a fork when its head belongs to somebody else. */
export function pullRequestEvent(pull: PullRequestFacts, changedFiles: readonly string[]): TriggerEvent {
  return {
    name: 'pull_request',
    ref: `refs/pull/${pull.number}/merge`,
    sha: pull.headSha,
    actor: pull.headOwner,
    fork: pull.headOwner !== OWN.owner,
    changedFiles,
    payload: {
      action: 'opened',
      number: pull.number,
      pull_request: {
        number: pull.number,
        head: { ref: pull.headBranch, sha: pull.headSha, repo: repositoryOf(pull.headOwner) },
        base: { ref: 'main', sha: pull.baseSha, repo: repositoryOf(OWN.owner) },
      },
    },
  };
}

/** A run that has ended. GitHub leaves `pull_requests` empty for forks, so nothing may count on it. */
export function workflowRunEvent(run: {
  readonly workflow: string;
  readonly file: string;
  readonly event: TriggerEvent;
  readonly runId: number;
  readonly attempt: number;
  readonly conclusion: string;
  readonly headSha: string;
}): TriggerEvent {
  const pull = run.event.payload['pull_request'] as
    | { head: { ref: string; sha: string; repo: { owner: { login: string } } } }
    | undefined;
  const owner = pull?.head.repo.owner.login ?? OWN.owner;
  return {
    name: 'workflow_run',
    actor: owner,
    payload: {
      action: 'completed',
      workflow_run: {
        id: run.runId,
        name: run.workflow,
        path: `.github/workflows/${run.file}`,
        event: run.event.name,
        status: 'completed',
        conclusion: run.conclusion,
        run_attempt: run.attempt,
        head_branch: pull?.head.ref ?? 'main',
        head_sha: pull?.head.sha ?? run.headSha,
        head_repository: repositoryOf(owner),
        repository: repositoryOf(OWN.owner),
        pull_requests: [],
      },
    },
  };
}

/** Somebody has commented on an issue of ours. */
export function issueCommentEvent(comment: {
  readonly issue: number;
  readonly labels: readonly string[];
  readonly login: string;
  readonly body: string;
  /** ISO 8601, as GitHub says it. */
  readonly writtenAt: string;
}): TriggerEvent {
  return {
    name: 'issue_comment',
    actor: comment.login,
    payload: {
      action: 'created',
      issue: { number: comment.issue, labels: comment.labels.map((name) => ({ name })) },
      comment: {
        body: comment.body,
        created_at: comment.writtenAt,
        user: { login: comment.login, type: 'User' },
      },
    },
  };
}
