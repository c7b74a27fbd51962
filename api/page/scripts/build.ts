/** `npm run scripts`: writes the scripts of the page, which browsers run, to `public/`. A test compares them. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { builtScripts } from './built-scripts.ts';

for (const [name, code] of await builtScripts()) {
  await writeFile(join(import.meta.dirname, '../../../public', name), code);
}
