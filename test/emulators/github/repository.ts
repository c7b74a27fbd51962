import type { Role } from './actors.ts';
import { DEFAULT_BRANCH, OWNER, repoPath, timestamp } from './names.ts';
import { json } from './origin.ts';
import { notFound, type Route } from './routes.ts';
import type { Upstream } from './upstream.ts';

export interface RepositoryStore {
  readonly routes: readonly Route[];
  readonly repositoryId: number;
  readonly head: { readonly sha: string; readonly committedAt: string };
  /** The commit of a branch, tag or commit, or null. */
  resolve(ref: string): Promise<string | null>;
  /** Makes a tag unless it is there. */
  tag(name: string, target: string): Promise<void>;
}

interface Commit {
  readonly sha: string;
  readonly commit: { readonly committer: { readonly date: string } };
}

/** The repository itself, its git objects, and who may do what. */
export async function repositoryRoutes(
  upstream: Upstream,
  roles: ReadonlyMap<string, Role>,
): Promise<RepositoryStore> {
  const ask = <T>(method: string, path: string, body?: unknown): Promise<T> =>
    upstream.ask<T>(upstream.ownerToken, method, repoPath(path), body);
  const commitOf = (ref: string): Promise<Commit> =>
    ask<Commit>('GET', `/commits/${ref.replace(/^refs\//, '').replace(/^(heads|tags)\//, '')}`);

  const { id, private: isPrivate } = await ask<{ id: number; private: boolean }>('GET', '');
  for (const [login, role] of roles) {
    if (login === OWNER || role === 'none') continue;
    const permission = { admin: 'admin', write: 'push', read: 'pull' }[role];
    await ask('PUT', `/collaborators/${login}`, { permission });
  }
  const head = await commitOf(DEFAULT_BRANCH);
  const passed = [
    ['GET ', 'metadata=read'],
    ['GET /branches/:branch', 'contents=read'],
    ['GET /commits/:ref', 'contents=read'],
    ['GET /contents/:path', 'contents=read'],
  ] as const;

  const routes: Route[] = [
    ...passed.map(
      ([route, needs]): Route => ({
        route,
        needs,
        answer: (call) => upstream.forward(call.actor.token, call),
      }),
    ),
    {
      // https://docs.github.com/en/rest/collaborators/collaborators#get-repository-permissions-for-a-user
      route: 'GET /collaborators/:login/permission',
      needs: 'metadata=read',
      answer: (call) => {
        const login = call.params['login'] ?? '';
        const role = roles.get(login);
        if (role === undefined) return notFound();
        // Everyone may read what is public.
        const permission = role === 'none' && !isPrivate ? 'read' : role;
        return json(200, { permission, role_name: permission, user: { login, type: 'User' } });
      },
    },
  ];
  const resolve: RepositoryStore['resolve'] = async (ref) => {
    // Nobody pushes to it here.
    if ([DEFAULT_BRANCH, `refs/heads/${DEFAULT_BRANCH}`, head.sha].includes(ref)) return head.sha;
    const commit = await commitOf(ref).catch(() => null);
    return commit?.sha ?? null;
  };
  return {
    routes,
    repositoryId: id,
    head: { sha: head.sha, committedAt: timestamp(new Date(head.commit.committer.date)) },
    resolve,
    tag: async (name, target) => {
      const sha = (await resolve(target)) ?? head.sha;
      // Of a release whose tag exists, the target is not used.
      await ask('POST', '/git/refs', { ref: `refs/tags/${name}`, sha }).catch(() => undefined);
    },
  };
}
