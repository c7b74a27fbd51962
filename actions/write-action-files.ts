import { writeFileSync } from 'node:fs';
import { actionReadme, actionsPage, actionYml } from './action-files.ts';
import { definitions } from './definitions.ts';

/** `npm run docs`: writes every action.yml, every README and docs/actions.md from the definitions. */
for (const definition of definitions) {
  const folder = new URL(`./${definition.name}/`, import.meta.url);
  writeFileSync(new URL('action.yml', folder), actionYml(definition));
  writeFileSync(new URL('README.md', folder), actionReadme(definition));
}
writeFileSync(new URL('../docs/actions.md', import.meta.url), actionsPage(definitions));
