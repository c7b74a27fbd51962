import type { Connection } from './connect.ts';
import { textOf } from './issues.ts';

/** Comments and checks of pull requests, including those from forks. */
export interface PullRequests {
  /**
   * Creates or updates the one comment with a key. Only comments of our own bot are edited, because users can write
   * similar ones.
   *
   * @param key of the report: letters, digits, dash.
   */
  stickyComment(number: number, key: string, body: string): Promise<void>;
  /** Creates or updates the one check run with a name and commit. */
  check(check: Check): Promise<void>;
  /** The open pull request whose head is this branch at this commit, or null. */
  find(head: {
    readonly owner: string;
    readonly branch: string;
    readonly sha: string;
  }): Promise<{ readonly number: number; readonly baseSha: string } | null>;
}

export interface Check {
  readonly sha: string;
  readonly name: string;
  readonly conclusion: 'success' | 'failure' | 'neutral';
  readonly title: string;
  /** Markdown, at most 65,535 characters. */
  readonly summary: string;
}

/** The login of a job's token. */
const BOT = 'github-actions[bot]';

export function githubPullRequests({ octokit, at, once, inTurn, createOnce }: Connection): PullRequests {
  const { checks, issues, pulls } = octokit.rest;

  return {
    stickyComment: (number, key, body) =>
      inTurn(async () => {
        const marker = `<!-- cinematch:${key} -->`;
        const text = `${marker}\n\n${body.trim()}`;
        const comment = await createOnce(
          async () => {
            const comments = await octokit.paginate(issues.listComments, {
              ...at,
              issue_number: number,
              per_page: 100,
            });
            const ours = comments.filter(({ user }) => user?.login === BOT && user.type === 'Bot');
            return ours.find((each) => textOf(each.body).startsWith(marker)) ?? null;
          },
          async () => (await issues.createComment({ ...at, issue_number: number, body: text, ...once })).data,
        );
        if (textOf(comment.body) !== text) {
          await issues.updateComment({ ...at, comment_id: comment.id, body: text });
        }
      }),
    check: ({ sha, name, conclusion, title, summary }) =>
      inTurn(async () => {
        // Jobs are also check runs of the same app and may have the same name. Ours have this id.
        const external_id = `cinematch:${name}`;
        const result = { status: 'completed', conclusion, output: { title, summary } } as const;
        const run = await createOnce(
          async () => {
            const runs = await octokit.paginate(checks.listForRef, {
              ...at,
              ref: sha,
              check_name: name,
              // The latest one may belong to a job.
              filter: 'all',
              per_page: 100,
            });
            return runs.find((each) => each.external_id === external_id) ?? null;
          },
          async () =>
            (await checks.create({ ...at, head_sha: sha, name, external_id, ...result, ...once })).data,
        );
        const { output } = run;
        if (run.conclusion !== conclusion || output.title !== title || output.summary !== summary) {
          await checks.update({ ...at, check_run_id: run.id, ...result });
        }
      }),
    find: async ({ owner, branch, sha }) => {
      const label = `${owner}:${branch}`;
      const open = await octokit.paginate(pulls.list, { ...at, state: 'open', head: label, per_page: 100 });
      const found = open.find(({ head }) => head.label === label && head.sha === sha);
      return found === undefined ? null : { number: found.number, baseSha: found.base.sha };
    },
  };
}
