import { type Github, openGithub } from '../../pipeline/forge/open-github-forge.ts';
import { type EmulatedGithub, type GithubOptions, startGithub } from '../github/start-github.ts';

/** What the jobs that use the forge are given, all together. */
export const PERMISSIONS = {
  actions: 'write',
  checks: 'write',
  contents: 'write',
  deployments: 'write',
  issues: 'write',
  'pull-requests': 'write',
} as const;

export interface GithubHome {
  readonly server: EmulatedGithub;
  readonly github: Github;
  /** Another process as it were: nothing is shared with the first one but the server. */
  reopen(permissions?: Readonly<Record<string, 'read' | 'write'>>): Promise<Github>;
}

/** An empty repository on an emulated GitHub, and a token of a job in it. */
export async function startHome(options: GithubOptions = {}): Promise<GithubHome> {
  const server = await startGithub(options);
  const reopen: GithubHome['reopen'] = async (permissions = PERMISSIONS) =>
    openFor(server, await server.jobToken(permissions));
  return { server, reopen, github: await reopen() };
}

/** @param heard collects what is said about waiting. */
export const openFor = (server: EmulatedGithub, token: string, heard: string[] = []): Github =>
  openGithub({
    token,
    repository: server.repository,
    apiUrl: server.apiUrl,
    ref: server.sha,
    defaultBranch: server.defaultBranch,
    clock: () => new Date(),
    onWait: (message) => heard.push(message),
    retry: { firstDelayMs: 1 },
  });
