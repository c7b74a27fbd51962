import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { connectStore } from '../../pipeline/store/connect.ts';

/**
 * Creates an embedded database in `directory` by copying a template: creating one takes seconds, a copy a tenth of a
 * second. The template is kept in node_modules/.cache.
 */
export async function createEmbeddedDatabase(directory: string): Promise<void> {
  const entry = createRequire(import.meta.url).resolve('@electric-sql/pglite');
  const packageFolder = dirname(dirname(entry));
  const { version } = JSON.parse(readFileSync(join(packageFolder, 'package.json'), 'utf8')) as {
    version: string;
  };
  const cache = new URL('../../node_modules/.cache/cinematch/', import.meta.url).pathname;
  const template = join(cache, `pglite-${version}`);
  if (!existsSync(template)) await createTemplate(cache, template);
  cpSync(template, directory, { recursive: true });
}

async function createTemplate(cache: string, template: string): Promise<void> {
  mkdirSync(cache, { recursive: true });
  const own = `${template}.${process.pid}`;
  const store = await connectStore({ directory: own });
  await store.close();
  try {
    renameSync(own, template);
  } catch {
    // Another process was faster: its template is used.
    rmSync(own, { recursive: true, force: true });
  } finally {
    rmSync(`${own}.lock`, { recursive: true, force: true });
  }
}
