import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { rolldown } from 'rolldown';
import { isWholeSweep } from '../../support/sweep.ts';

/** The packages of actions that have many files, and what is imported from them. */
const BUNDLED: Readonly<Record<string, readonly string[]>> = {
  '@actions/artifact': ['.'],
  '@actions/core': ['.'],
  '@actions/github': ['.', './lib/utils'],
  '@octokit/plugin-retry': ['.'],
  '@octokit/plugin-throttling': ['.'],
  postgres: ['.'],
  tar: ['.'],
  zod: ['.'],
};

/**
 * A folder with the installed packages, for jobs. A few packages have more than a thousand files, which every action
 * loads when it starts: each of them is one file here, so that an action starts in half the time. In the whole sweep it
 * is the folder of the packages themselves.
 *
 * @param root the checkout.
 */
export async function packagesOfJobs(root: string): Promise<string> {
  const installed = join(root, 'node_modules');
  if (isWholeSweep) return installed;
  const lock = readFileSync(join(root, 'package-lock.json'));
  const key = createHash('sha256').update(lock).update(JSON.stringify(BUNDLED)).digest('hex').slice(0, 12);
  const folder = join(installed, '.cache/cinematch', `bundled-${key}`);
  if (!existsSync(folder)) {
    const own = `${folder}.${process.pid}`;
    await bundle(root, installed, join(own, 'node_modules'));
    try {
      renameSync(own, folder);
    } catch {
      // Another process was faster: its folder is used.
      rmSync(own, { recursive: true, force: true });
    }
  }
  return join(folder, 'node_modules');
}

async function bundle(root: string, installed: string, target: string): Promise<void> {
  const input: Record<string, string> = {};
  for (const [name, paths] of Object.entries(BUNDLED)) {
    for (const path of paths) input[join(name, fileOf(path))] = join(name, path);
  }
  const bundler = await rolldown({ input, cwd: root, platform: 'node', logLevel: 'silent' });
  await bundler.write({ dir: target, entryFileNames: '[name]', chunkFileNames: '.chunks/[name]-[hash].mjs' });
  await bundler.close();
  for (const [name, paths] of Object.entries(BUNDLED)) {
    const exports = Object.fromEntries(paths.map((path) => [path, `./${fileOf(path)}`]));
    writeFileSync(join(target, name, 'package.json'), JSON.stringify({ name, exports }));
  }
  for (const name of packageNames(installed)) {
    if (name in BUNDLED) continue;
    mkdirSync(dirname(join(target, name)), { recursive: true });
    symlinkSync(join(installed, name), join(target, name));
  }
}

const fileOf = (path: string): string => (path === '.' ? 'index.mjs' : `${path.slice(2)}.mjs`);

/** Also `.bin`, with the programs. */
function packageNames(installed: string): readonly string[] {
  return readdirSync(installed)
    .filter((name) => name === '.bin' || !name.startsWith('.'))
    .flatMap((name) =>
      name.startsWith('@') ? readdirSync(join(installed, name)).map((of) => join(name, of)) : [name],
    );
}
