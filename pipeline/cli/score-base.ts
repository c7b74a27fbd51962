import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, realpath, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { OperatorError } from '../lib/errors.ts';
import { oneLine } from '../lib/escape.ts';
import type { Scores } from '../stages/model-check/scores.ts';
import { readBaseScores } from '../stages/model-check/scores-file.ts';
import { homeDirectory } from './open-pipeline.ts';
import type { Terminal } from './terminal.ts';

const run = promisify(execFile);

export interface BaseScores {
  /** Of the commit, 40 hex digits. */
  readonly sha: string;
  /** Null when that commit cannot be measured. */
  readonly scores: Scores | null;
}

/**
 * Scores another commit of this repository with its own code: its files are written to a temporary folder,
 * beside the packages that are installed here, and its own command line is run there. Neither the working
 * tree nor anything git keeps is touched.
 *
 * @param data what to score on: the name or the absolute path that the head is scored on.
 * @throws OperatorError `usage` when the commit is not there.
 */
export async function scoreBase(
  terminal: Terminal,
  ref: string,
  data: { readonly source: string; readonly seed: number },
): Promise<BaseScores> {
  const sha = await commitOf(ref);
  const temporary = await realpath(await mkdtemp(join(tmpdir(), 'cinematch-base-')));
  try {
    const checkout = await checkOut(sha, temporary);
    const out = join(temporary, 'scores');
    const failure = await scoreIn(checkout, out, data);
    if (failure !== null) terminal.note(`${short(sha)} cannot be measured: ${failure}`);
    return { sha, scores: failure === null ? await readBaseScores(out) : null };
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

export const short = (sha: string): string => sha.slice(0, 7);

async function commitOf(ref: string): Promise<string> {
  try {
    return await git(['rev-parse', '--verify', '--quiet', '--end-of-options', `${ref}^{commit}`]);
  } catch (cause) {
    throw new OperatorError(
      'usage',
      `There is no commit ${ref} in the repository of ${process.cwd()}.`,
      'Name a branch, tag or commit that is here; in a shallow clone, fetch it first: git fetch origin main.',
      { cause },
    );
  }
}

/** Writes the files of a commit by an index of its own, and returns where this working directory is in them. */
async function checkOut(sha: string, temporary: string): Promise<string> {
  const files = join(temporary, 'files');
  await mkdir(files);
  const index = { GIT_INDEX_FILE: join(temporary, 'index') };
  const [root, prefix] = [
    await git(['rev-parse', '--show-toplevel']),
    await git(['rev-parse', '--show-prefix']),
  ];
  await git(['read-tree', sha], root, index);
  await git(['checkout-index', '--all', `--prefix=${files}/`], root, index);
  const checkout = join(files, prefix);
  const packages = join(process.cwd(), 'node_modules');
  if (existsSync(checkout) && existsSync(packages)) await symlink(packages, join(checkout, 'node_modules'));
  return checkout;
}

/** Null when it went well, otherwise what was said. */
async function scoreIn(
  checkout: string,
  out: string,
  { source, seed }: { readonly source: string; readonly seed: number },
): Promise<string | null> {
  const start = join('pipeline', 'cli', 'start.mjs');
  if (!existsSync(join(checkout, start))) return `it has no ${start}`;
  const command = ['model-check', 'score', '--out', out, '--data', source, '--seed', String(seed)];
  try {
    await run(process.execPath, [start, ...command], {
      cwd: checkout,
      env: { ...process.env, CINEMATCH_HOME: homeDirectory() },
      maxBuffer: 1 << 26,
    });
    return null;
  } catch (error) {
    const said = (error as { readonly stderr?: string }).stderr ?? String(error);
    return oneLine(said.slice(-2000), 500);
  }
}

async function git(
  command: readonly string[],
  cwd = process.cwd(),
  environment: Readonly<Record<string, string>> = {},
): Promise<string> {
  const { stdout } = await run('git', [...command], { cwd, env: { ...process.env, ...environment } });
  return stdout.trim();
}
