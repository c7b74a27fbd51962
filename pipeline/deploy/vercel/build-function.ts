import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { canonicalJson, sha256 } from '../../lib/digest.ts';
import { writeFiles } from '../../model/package-folder.ts';
import {
  BUNDLE_FILE,
  type Bundle,
  HISTORY_FILE,
  type ServingFiles,
  STATUS_FILE,
} from '../../serving/serving-files.ts';
import { type FunctionFile, type FunctionSize, measureFunction, readFunctionFiles } from './bundle-size.ts';
import type { VercelProject } from './vercel-api.ts';
import { CliError, type VercelCli } from './vercel-cli.ts';

/** Path of the bundle from the root of the checkout. `vercel.json` includes it. */
const SERVING = 'serving';

export interface BuiltFunction {
  readonly size: FunctionSize;
  /** Names inside the function. */
  readonly files: readonly string[];
  /** Digest of code, packages and bundle, without the creation time. */
  digest(): Promise<string>;
}

/**
 * Writes a bundle and builds the function with it, without requests to Vercel.
 *
 * @param directory the checkout.
 * @param project null for a dry run.
 * @throws CliError when the build fails.
 */
export async function buildFunction(
  cli: VercelCli,
  directory: string,
  serving: ServingFiles,
  project: VercelProject | null,
): Promise<BuiltFunction> {
  await writeFiles(join(directory, SERVING), serving);
  const output = join(directory, '.vercel', 'output');
  await rm(output, { recursive: true, force: true });
  const unlink = await linkProject(join(directory, '.vercel'), project);
  try {
    await cli.build();
  } finally {
    await unlink();
  }
  const functions = await readdir(output, { recursive: true }).catch(() => []);
  const folders = functions.filter((name) => name.endsWith('.func'));
  const [folder] = folders;
  if (folder === undefined || folders.length > 1) {
    throw new CliError(`vercel build created ${folders.length} functions, not one`);
  }
  const files = await readFunctionFiles(join(output, folder), directory);
  const missing = [...serving.files.keys()].find(
    (name) => !files.some((file) => file.name === `${SERVING}/${name}`),
  );
  if (missing !== undefined)
    throw new CliError(`vercel build did not include ${SERVING}/${missing} in the function`);
  return {
    size: measureFunction(files),
    files: files.map(({ name }) => name),
    digest: () => digestOf(files, serving),
  };
}

/**
 * Writes the link file of `vercel link`.
 *
 * @returns a function that restores the previous link after a dry run.
 */
async function linkProject(directory: string, project: VercelProject | null): Promise<() => Promise<void>> {
  await mkdir(directory, { recursive: true });
  const file = join(directory, 'project.json');
  const before = await readFile(file).catch(() => null);
  const link = {
    projectId: project?.id ?? 'prj_of_a_dry_run',
    orgId: project?.accountId ?? 'nobody',
    ...(project === null ? {} : { projectName: project.name }),
    settings: { framework: null, nodeVersion: '24.x' },
  };
  await writeFile(file, `${JSON.stringify(link, null, 2)}\n`);
  return async () => {
    if (project !== null) return;
    if (before === null) await rm(file, { force: true });
    else await writeFile(file, before);
  };
}

async function digestOf(files: readonly FunctionFile[], serving: ServingFiles): Promise<string> {
  const dated = [BUNDLE_FILE, STATUS_FILE, HISTORY_FILE].map((name) => `${SERVING}/${name}`);
  const lines: string[] = [];
  for (const { name, location } of files) {
    if (!dated.includes(name)) lines.push(`${name} ${sha256(await readFile(location))}`);
  }
  const {
    assembledAt: _,
    parts: __,
    ...bundle
  } = JSON.parse(new TextDecoder().decode(serving.files.get(BUNDLE_FILE))) as Bundle;
  return sha256(lines.join('\n'), canonicalJson(bundle));
}
