import { readFileSync } from 'node:fs';
import { OperatorError } from '../pipeline/lib/errors.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** The workflow run of an action, from the runner's environment. */
export interface GithubRun {
  readonly repository: { readonly owner: string; readonly repo: string };
  readonly apiUrl: string;
  readonly serverUrl: string;
  readonly sha: string;
  readonly runId: number;
  /** The page of this run. */
  readonly url: string;
  readonly defaultBranch: string;
  readonly eventName: string;
  /** The event's payload; it is untrusted. */
  readonly event: Readonly<Record<string, unknown>>;
}

/**
 * Reads the run from the runner's environment.
 *
 * @throws OperatorError `setup-missing` outside a runner.
 */
export function readGithubRun(env: Environment): GithubRun {
  const need = (name: string): string => {
    const value = env[name];
    if (value) return value;
    throw new OperatorError(
      'setup-missing',
      `The variable ${name} is not set, so this is not a GitHub runner.`,
      'Actions run in a workflow. On one machine use the same steps as commands: npm run -s cinematch -- --help.',
    );
  };
  const [owner = '', repo = ''] = need('GITHUB_REPOSITORY').split('/');
  const serverUrl = env['GITHUB_SERVER_URL'] || 'https://github.com';
  const runId = Number(need('GITHUB_RUN_ID'));
  const event = readEvent(env['GITHUB_EVENT_PATH']);
  const { default_branch: defaultBranch } = (event['repository'] ?? {}) as { default_branch?: unknown };
  return {
    repository: { owner, repo },
    apiUrl: env['GITHUB_API_URL'] || 'https://api.github.com',
    serverUrl,
    sha: need('GITHUB_SHA'),
    runId,
    url: `${serverUrl}/${owner}/${repo}/actions/runs/${runId}`,
    defaultBranch: typeof defaultBranch === 'string' ? defaultBranch : env['GITHUB_REF_NAME'] || 'main',
    eventName: env['GITHUB_EVENT_NAME'] || '',
    event,
  };
}

function readEvent(path: string | undefined): Readonly<Record<string, unknown>> {
  if (!path) return {};
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
  } catch (cause) {
    throw new OperatorError(
      'setup-missing',
      `The event of this run cannot be read from ${path}.`,
      'Run the workflow again; the runner writes this file.',
      { cause },
    );
  }
}
