import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { definitions } from '../../actions/definitions.ts';
import { MAY_USE } from '../support/house-rules.ts';
import { actionReadme, actionsPage, actionYml } from './action-files.ts';
import { clientFiles } from './client-files.ts';
import { configurationPage } from './configuration-page.ts';
import { permissionsOf, permissionsPage } from './permissions-page.ts';
import { roomsDiagram } from './rooms-diagram.ts';
import { tablesDiagram } from './tables-diagram.ts';

const ROOT = new URL('../../', import.meta.url);
const WORKFLOWS = '.github/workflows';

/** What `npm run docs` writes: path from the root of the repository, and text. */
export function writtenFiles(): ReadonlyMap<string, string> {
  const granted = readdirSync(new URL(WORKFLOWS, ROOT))
    .sort()
    .flatMap((file) => permissionsOf(basename(file, '.yml'), read(`${WORKFLOWS}/${file}`)));
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
    ['docs/architecture.md', withDiagram(read('docs/architecture.md'), roomsDiagram(MAY_USE))],
    ['data/README.md', withDiagram(read('data/README.md'), tablesDiagram(read('data/schema.sql')))],
  ]);
}

const read = (path: string): string => readFileSync(new URL(path, ROOT), 'utf8');

/**
 * A page with its diagram between the two markers replaced.
 *
 * @throws Error when the page does not have both markers.
 */
function withDiagram(page: string, diagram: string): string {
  const between = /(?<=<!-- diagram: .* -->\n)[\s\S]*(?=<!-- end of the diagram -->\n)/;
  if (!between.test(page)) throw new Error(`The page has no markers for its diagram: ${page.slice(0, 60)}`);
  return page.replace(between, () => `\`\`\`mermaid\n${diagram}\`\`\`\n`);
}

if (import.meta.main) {
  for (const [name, text] of Object.entries(await clientFiles())) {
    writeFileSync(new URL(`api/client/${name}`, ROOT), text);
  }
  for (const [path, text] of writtenFiles()) writeFileSync(new URL(path, ROOT), text);
}
