import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, realpath, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { OperatorError } from '../../lib/errors.ts';
import { oneLine } from '../../lib/escape.ts';
import type { Scores } from './scores.ts';
import { readBaseScores } from './scores-file.ts';

const run = promisify(execFile);

export interface BaseScores {
  /** SHA of the commit, 40 hex digits. */
  readonly sha: string;
  /** Null when that commit cannot be measured; `failure` has the reason. */
  readonly scores: Scores | null;
  readonly failure: string | null;
}

/** The folder of the repository and the environment of its commands. */
export interface Checkout {
  /** A folder in the working tree, with the packages installed. */
  readonly directory: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/**
 * Scores another commit of this repository with its own code: writes its files to a temporary folder, links the
 * installed packages, and runs its command line there. Changes neither the working tree nor git's data.
 *
 * @param data the name or the absolute path of the data, the same as for the head.
 * @throws OperatorError `usage` when there is no such commit.
 */
export async function scoreBase(
  here: Checkout,
  ref: string,
  data: { readonly source: string; readonly seed: number },
): Promise<BaseScores> {
  const sha = await commitOf(here, ref);
  const temporary = await realpath(await mkdtemp(join(tmpdir(), 'cinematch-base-')));
  try {
    const directory = await checkOut(here, sha, temporary);
    const out = join(temporary, 'scores');
    const failure = await scoreIn({ ...here, directory }, out, data);
    return { sha, scores: failure === null ? await readBaseScores(out) : null, failure };
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

async function commitOf(here: Checkout, ref: string): Promise<string> {
  try {
    return await git(here, ['rev-parse', '--verify', '--quiet', '--end-of-options', `${ref}^{commit}`]);
  } catch (cause) {
    throw new OperatorError(
      'usage',
      `There is no commit ${ref} in the repository of ${here.directory}.`,
      'Name a branch, tag or commit of this clone; in a shallow clone, fetch it first: git fetch origin main.',
      { cause },
    );
  }
}

/** Writes the files of a commit with a separate index, and returns the folder that matches this working directory. */
async function checkOut(here: Checkout, sha: string, temporary: string): Promise<string> {
  const files = join(temporary, 'files');
  await mkdir(files);
  const index = { GIT_INDEX_FILE: join(temporary, 'index') };
  const [root, prefix] = [
    await git(here, ['rev-parse', '--show-toplevel']),
    await git(here, ['rev-parse', '--show-prefix']),
  ];
  const atRoot = { directory: root, environment: { ...here.environment, ...index } };
  await git(atRoot, ['read-tree', sha]);
  await git(atRoot, ['checkout-index', '--all', `--prefix=${files}/`]);
  const checkout = join(files, prefix);
  const packages = join(here.directory, 'node_modules');
  if (existsSync(checkout) && existsSync(packages)) await symlink(packages, join(checkout, 'node_modules'));
  return checkout;
}

/** Runs the command; null on success, otherwise the error output. */
async function scoreIn(
  { directory, environment }: Checkout,
  out: string,
  { source, seed }: { readonly source: string; readonly seed: number },
): Promise<string | null> {
  const start = join('pipeline', 'cli', 'start.mjs');
  if (!existsSync(join(directory, start))) return `it has no ${start}`;
  const command = ['model-check', 'score', '--out', out, '--data', source, '--seed', String(seed)];
  try {
    await run(process.execPath, [start, ...command], {
      cwd: directory,
      env: environment,
      maxBuffer: 1 << 26,
    });
    return null;
  } catch (error) {
    const output = (error as { readonly stderr?: string }).stderr ?? String(error);
    return oneLine(output.slice(-2000), 500);
  }
}

async function git({ directory, environment }: Checkout, command: readonly string[]): Promise<string> {
  const { stdout } = await run('git', [...command], { cwd: directory, env: environment });
  return stdout.trim();
}
