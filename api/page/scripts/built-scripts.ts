import { join } from 'node:path';
import { build } from 'rolldown';

/** The entry of each script of the page. A script has the name of its entry. */
const ENTRIES = ['page', 'try'];

/** The scripts of the page as they are served, by the names of their files: without types, and minified. */
export async function builtScripts(): Promise<ReadonlyMap<string, string>> {
  const scripts = new Map<string, string>();
  for (const entry of ENTRIES) {
    const { output } = await build({
      input: join(import.meta.dirname, `${entry}.ts`),
      platform: 'browser',
      output: { format: 'esm', minify: true },
      write: false,
    });
    scripts.set(`${entry}.js`, output[0].code);
  }
  return scripts;
}
