import { type Github, openGithub } from '../../pipeline/forge/open-github-forge.ts';
import { type EmulatedGithub, type GithubOptions, startGithub } from '../emulators/github/start-github.ts';

/** The permissions of all jobs that use the forge. */
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
  /** Token of a job with all permissions. */
  readonly token: string;
  readonly github: Github;
  /** Opens another forge that shares only the server, like another process. */
  reopen(permissions?: Readonly<Record<string, 'read' | 'write'>>): Promise<Github>;
}

/** Starts an emulated GitHub with an empty repository and a job token. */
export async function startHome(options: GithubOptions = {}): Promise<GithubHome> {
  const server = await startGithub(options);
  const reopen: GithubHome['reopen'] = async (permissions = PERMISSIONS) =>
    openFor(server, await server.jobToken(permissions));
  const token = await server.jobToken(PERMISSIONS);
  return { server, token, reopen, github: openFor(server, token) };
}

/** @param heard collects the messages about waits. */
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

/** Sends a request to the server without the tested code. */
export async function ask<T>(
  { apiUrl }: EmulatedGithub,
  token: string,
  method: string,
  path: string,
  body?: unknown,
): Promise<T> {
  const response = await fetch(`${apiUrl}/repos/acme/cinematch${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, accept: 'application/vnd.github+json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
  return (text === '' ? null : JSON.parse(text)) as T;
}
