import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { builtScripts } from '../../../api/page/scripts/built-scripts.ts';

test('the published scripts are those of the source: npm run scripts', async () => {
  for (const [name, code] of await builtScripts()) {
    expect(await readFile(join(import.meta.dirname, '../../../public', name), 'utf8'), name).toBe(code);
  }
});
