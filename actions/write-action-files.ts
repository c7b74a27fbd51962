import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { actionReadme, actionsPage, actionYml } from './action-files.ts';
import { configurationPage } from './configuration-page.ts';
import { definitions } from './definitions.ts';
import { permissionsOf, permissionsPage } from './permissions-page.ts';

const ROOT = new URL('../', import.meta.url);
const WORKFLOWS = new URL('.github/workflows/', ROOT);

/** What `npm run docs` writes: path from the root of the repository, and text. */
export function writtenFiles(): ReadonlyMap<string, string> {
  const granted = readdirSync(WORKFLOWS)
    .sort()
    .flatMap((file) => permissionsOf(basename(file, '.yml'), readFileSync(new URL(file, WORKFLOWS), 'utf8')));
  return new Map([
    ...definitions.flatMap(
      (definition) =>
        [
          [`actions/${definition.name}/action.yml`, actionYml(definition)],
          [`actions/${definition.name}/README.md`, actionReadme(definition)],
        ] as const,
    ),
    ['docs/actions.md', actionsPage(definitions)],
    ['docs/configuration.md', configurationPage()],
    ['docs/permissions.md', permissionsPage(granted)],
  ]);
}

if (import.meta.main) {
  for (const [path, text] of writtenFiles()) writeFileSync(new URL(path, ROOT), text);
}
