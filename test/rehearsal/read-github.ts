import { createHash } from 'node:crypto';
import type { EmulatedGithub } from '../emulators/github/start-github.ts';

/** What people would see, read without any of the pipeline's code. */
export interface SeenOnGithub {
  readonly issues: readonly SeenIssue[];
  /** Newest first. */
  readonly releases: readonly SeenRelease[];
  /** Tag of the latest release. */
  readonly latest: string | null;
  /** Of `production`, oldest first: the model version of each record. */
  readonly deployments: readonly unknown[];
}

export interface SeenIssue {
  readonly number: number;
  readonly title: string;
  readonly state: string;
  readonly labels: readonly string[];
  readonly body: string;
  readonly comments: readonly string[];
}

export interface SeenRelease {
  readonly tag: string;
  readonly title: string;
  readonly body: string;
  readonly state: 'draft' | 'prerelease' | 'released';
  readonly assets: readonly SeenAsset[];
}

export interface SeenAsset {
  readonly name: string;
  readonly bytes: number;
  /** As GitHub says it: `sha256:…`. */
  readonly stated: string;
  /** Of the bytes that were downloaded. */
  readonly measured: string;
}

type Read = (path: string) => Promise<Response>;

/** Reads issues, releases with their bytes, and deployments, as the owner of the repository. */
export async function readGithub(github: EmulatedGithub): Promise<SeenOnGithub> {
  const read = await reader(github);
  const latest = await read('/releases/latest');
  return {
    issues: await readIssues(read),
    releases: await readReleases(read),
    latest: latest.ok ? ((await latest.json()) as { tag_name: string }).tag_name : null,
    deployments: await readDeployments(read),
  };
}

/** Comments on an issue or pull request, oldest first. */
export async function readComments(github: EmulatedGithub, number: number): Promise<readonly string[]> {
  return commentsOn(await reader(github), number);
}

async function reader(github: EmulatedGithub): Promise<Read> {
  const { owner, repo } = github.repository;
  const authorization = `Bearer ${await github.userToken(owner, 'admin')}`;
  const base = `${github.apiUrl}/repos/${owner}/${repo}`;
  return (path) =>
    fetch(path.startsWith('http') ? path : base + path, {
      headers: {
        authorization,
        accept: path.startsWith('http') ? 'application/octet-stream' : 'application/vnd.github+json',
      },
    });
}

async function list<T>(read: Read, path: string): Promise<T[]> {
  const response = await read(`${path}${path.includes('?') ? '&' : '?'}per_page=100`);
  if (!response.ok) throw new Error(`${path} answered ${response.status}: ${await response.text()}`);
  return (await response.json()) as T[];
}

async function readIssues(read: Read): Promise<readonly SeenIssue[]> {
  const issues = await list<{
    number: number;
    title: string;
    state: string;
    body: string | null;
    labels: { name: string }[];
    pull_request?: object;
  }>(read, '/issues?state=all&sort=created&direction=asc');
  return Promise.all(
    issues
      .filter((issue) => issue.pull_request === undefined)
      .map(async ({ number, title, state, body, labels }) => ({
        number,
        title,
        state,
        body: body ?? '',
        labels: labels.map(({ name }) => name).sort(),
        comments: await commentsOn(read, number),
      })),
  );
}

async function commentsOn(read: Read, number: number): Promise<readonly string[]> {
  const comments = await list<{ body: string }>(read, `/issues/${number}/comments`);
  return comments.map(({ body }) => body);
}

async function readReleases(read: Read): Promise<readonly SeenRelease[]> {
  const releases = await list<{
    tag_name: string;
    name: string;
    body: string;
    draft: boolean;
    prerelease: boolean;
    assets: { name: string; url: string; size: number; digest: string | null }[];
  }>(read, '/releases');
  return Promise.all(
    releases.map(async ({ tag_name, name, body, draft, prerelease, assets }) => ({
      tag: tag_name,
      title: name,
      body,
      state: draft ? 'draft' : prerelease ? 'prerelease' : 'released',
      assets: await Promise.all(
        assets
          .sort((a, b) => a.name.localeCompare(b.name))
          .map(async (asset) => ({
            name: asset.name,
            bytes: asset.size,
            stated: asset.digest ?? '',
            measured: await digestOf(await read(asset.url)),
          })),
      ),
    })),
  );
}

async function digestOf(response: Response): Promise<string> {
  const bytes = Buffer.from(await response.arrayBuffer());
  return response.ok ? `sha256:${createHash('sha256').update(bytes).digest('hex')}` : `${response.status}`;
}

async function readDeployments(read: Read): Promise<readonly unknown[]> {
  const deployments = await list<{ id: number; payload: unknown }>(
    read,
    '/deployments?environment=production',
  );
  return deployments
    .sort((a, b) => a.id - b.id)
    .map(({ payload }) => (payload as { version?: unknown } | null)?.version ?? null);
}
