import { DEFAULT_BRANCH, OWNER, REPO, repoPath } from './names.ts';
import { json } from './origin.ts';
import { bodyOf, type Route, unprocessable } from './routes.ts';
import type { Upstream } from './upstream.ts';

export interface OpenedPullRequest {
  readonly number: number;
  readonly headOwner: string;
  readonly headBranch: string;
  readonly headSha: string;
  readonly baseSha: string;
}

export interface PullRequestStore {
  readonly routes: readonly Route[];
  has(number: number): boolean;
  numbers(): readonly number[];
  /** A pull request as the routes of issues show it: with the key `pull_request`. */
  asIssue(number: number): Promise<{ readonly state: string; readonly labels: readonly { name: string }[] }>;
  open(options: {
    readonly branch: string;
    readonly title?: string;
    readonly body?: string;
    /** The login whose fork the branch is in; of this repository itself without. */
    readonly forkOf?: string;
    readonly labels?: readonly string[];
  }): Promise<OpenedPullRequest>;
}

interface PullRequestOptions {
  readonly upstream: Upstream;
  tokenOf(login: string): string;
  resolve(ref: string): Promise<string | null>;
}

/**
 * Pull requests and check runs, kept by the `emulate` package:
 * https://docs.github.com/en/rest/pulls/pulls and https://docs.github.com/en/rest/checks/runs
 */
export function openPullRequests({ upstream, tokenOf, resolve }: PullRequestOptions): PullRequestStore {
  const labelsOf = new Map<number, readonly string[]>();
  const forks = new Set<string>();

  /** A check run belongs to the app that made it, which the package does not say. */
  const withApp = (run: Record<string, unknown>): Record<string, unknown> => ({
    ...run,
    app: { id: 15368, slug: 'github-actions', name: 'GitHub Actions' },
  });
  const checkRoutes: Route[] = (['POST /check-runs', 'PATCH /check-runs/:id'] as const).map((route) => ({
    route,
    needs: 'checks=write',
    answer: async (call) => {
      if (call.actor.kind === 'person')
        return json(403, { message: 'You must authenticate via a GitHub App.' });
      const { head_sha: sha, output } = bodyOf(call) as { head_sha?: string; output?: { summary?: string } };
      if (sha !== undefined && (await resolve(sha)) !== sha) {
        return unprocessable(`No commit found for SHA: ${sha}`);
      }
      if ((output?.summary ?? '').length > 65_535) {
        return unprocessable('Invalid request.\n\nOnly 65535 characters are allowed; summary has more.');
      }
      const reply = await upstream.forward(call.actor.token, call);
      if (reply.status >= 300) return reply;
      return json(reply.status, withApp(JSON.parse(reply.body?.toString() ?? '{}')));
    },
  }));

  const routes: Route[] = [
    ...(['GET /pulls', 'GET /pulls/:number'] as const).map(
      (route): Route => ({
        route,
        needs: 'pull_requests=read',
        answer: (call) => upstream.forward(call.actor.token, call),
      }),
    ),
    {
      route: 'GET /commits/:ref/check-runs',
      needs: 'checks=read',
      answer: async (call) => {
        const reply = await upstream.forward(call.actor.token, call);
        if (reply.status !== 200) return reply;
        const found = JSON.parse(reply.body?.toString() ?? '{}') as { check_runs: Record<string, unknown>[] };
        return json(200, { ...found, check_runs: found.check_runs.map(withApp) });
      },
    },
    ...checkRoutes,
  ];

  const fork = async (login: string): Promise<void> => {
    if (forks.has(login)) return;
    forks.add(login);
    await upstream.ask(tokenOf(login), 'POST', repoPath('/forks'), {});
  };

  const open: PullRequestStore['open'] = async ({ branch, title, body, forkOf, labels = [] }) => {
    const headOwner = forkOf ?? OWNER;
    const token = tokenOf(headOwner);
    if (forkOf !== undefined) await fork(forkOf);
    const baseSha = (await resolve(DEFAULT_BRANCH)) ?? '';
    const head = `/repos/${headOwner}/${REPO}`;
    const at = { name: headOwner, email: `${headOwner}@localhost`, date: new Date().toISOString() };
    const commit = async (repository: string, by: string): Promise<string> => {
      const tree = await upstream.ask<{ sha: string }>(by, 'POST', `${repository}/git/trees`, {
        tree: [{ path: 'change.txt', mode: '100644', type: 'blob', content: branch }],
      });
      const parents = forkOf === undefined ? [baseSha] : [];
      const made = await upstream.ask<{ sha: string }>(by, 'POST', `${repository}/git/commits`, {
        message: `Change on ${branch}`,
        tree: tree.sha,
        parents,
        author: at,
        committer: at,
      });
      return made.sha;
    };
    const headSha = await commit(head, token);
    // Forks share their objects with the repository; in the package they do not.
    if (forkOf !== undefined) await commit(repoPath(), upstream.ownerToken);
    await upstream.ask(token, 'POST', `${head}/git/refs`, { ref: `refs/heads/${branch}`, sha: headSha });
    const { number } = await upstream.ask<{ number: number }>(token, 'POST', repoPath('/pulls'), {
      title: title ?? `Change on ${branch}`,
      body: body ?? null,
      head: `${headOwner}:${branch}`,
      base: DEFAULT_BRANCH,
    });
    labelsOf.set(number, labels);
    return { number, headOwner, headBranch: branch, headSha, baseSha };
  };

  const asIssue: PullRequestStore['asIssue'] = async (number) => {
    const path = repoPath(`/pulls/${number}`);
    const pull = await upstream.ask<Record<string, unknown>>(upstream.ownerToken, 'GET', path);
    const kept = ['number', 'title', 'user', 'body', 'html_url', 'created_at', 'updated_at', 'closed_at'];
    return {
      ...Object.fromEntries(kept.map((name) => [name, pull[name]])),
      state: String(pull['state']),
      labels: (labelsOf.get(number) ?? []).map((name) => ({ name })),
      pull_request: { url: pull['url'], html_url: pull['html_url'] },
    };
  };
  return {
    routes,
    has: (number) => labelsOf.has(number),
    numbers: () => [...labelsOf.keys()],
    asIssue,
    open,
  };
}
