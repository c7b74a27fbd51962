import { cp, link, mkdir, mkdtemp, readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

const ROOT = join(import.meta.dirname, '..', '..', '..');
/** What a function is built of. */
const SOURCES = [
  'api',
  'pipeline',
  'public',
  'package.json',
  'tsconfig.json',
  'vercel.json',
  '.vercelignore',
  '.gitignore',
];

/**
 * A copy of the checkout to build in, with every package that would be installed for running. Packages are linked
 * and not copied, which takes no room but has to be on the same disk.
 */
export async function copyCheckout(): Promise<string> {
  // Git leaves this folder aside.
  const parent = join(ROOT, '.vercel');
  await mkdir(parent, { recursive: true });
  const folder = await mkdtemp(join(parent, 'checkout-'));
  for (const source of SOURCES) await cp(join(ROOT, source), join(folder, source), { recursive: true });
  const lock = JSON.parse(await readFile(join(ROOT, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, { dev?: boolean; optional?: boolean }>;
  };
  for (const [path, { dev = false }] of Object.entries(lock.packages)) {
    const isNeeded =
      path !== '' && (!dev || /^node_modules\/(typescript|@typescript\/.*|@types\/node)$/.test(path));
    if (isNeeded) await linkFolder(join(ROOT, path), join(folder, path));
  }
  return folder;
}

async function linkFolder(from: string, to: string): Promise<void> {
  // A package of another platform is listed and not there.
  const entries = await readdir(from, { recursive: true, withFileTypes: true }).catch(() => []);
  for (const entry of entries) {
    if (!entry.isFile()) continue;
    const source = join(entry.parentPath, entry.name);
    const target = join(to, source.slice(from.length));
    await mkdir(dirname(target), { recursive: true });
    await link(source, target).catch((error: NodeJS.ErrnoException) => {
      // Inside of a package that is listed as well.
      if (error.code !== 'EEXIST') throw error;
    });
  }
}
