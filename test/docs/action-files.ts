import { stringify } from 'yaml';
import type { ActionDefinition, Input, Inputs, Outputs } from '../../actions/inputs.ts';
import { table } from '../../pipeline/reports/markdown.ts';

type Definition = ActionDefinition<Inputs, Outputs>;

const WRITTEN = 'Written from action.ts by `npm run docs`.';

/** `action.yml` of an action. Node strips the types of `index.ts`; nothing is built. */
export function actionYml({ name, description, inputs, outputs }: Definition): string {
  const document = {
    name: `CineMatch: ${name}`,
    description,
    inputs: mapValues(inputs, ({ description: text, form, isAnyText, required, default: preset }) => ({
      description: isAnyText ? text : `${text} Accepts ${plain(form)}.`,
      required: required && preset === null,
      ...(preset === null ? {} : { default: preset }),
    })),
    outputs: mapValues(outputs, (text) => ({ description: plain(text) })),
    runs: { using: 'node24', main: 'index.ts' },
  };
  return `# ${WRITTEN}\n${stringify(document, { lineWidth: 0 })}`;
}

/** The README of an action: what it does, its inputs, its outputs. */
export function actionReadme(definition: Definition): string {
  return `<!-- ${WRITTEN} -->\n\n# ${definition.name}\n\n${actionText(definition)}\n`;
}

/** All actions on one page. */
export function actionsPage(definitions: readonly Definition[]): string {
  const sections = definitions.map((definition) => `## ${definition.name}\n\n${actionText(definition)}`);
  return `<!-- ${WRITTEN} -->

# Actions

Each action is a folder under \`actions/\`: \`action.ts\` defines its inputs and outputs, \`index.ts\` runs it, and GitHub reads \`action.yml\`. Use them after \`actions/checkout\`, \`actions/setup-node\` and \`npm ci\`.

${sections.join('\n\n')}
`;
}

function actionText({ description, explanation, inputs, outputs }: Definition): string {
  return [
    description,
    explanation,
    '### Inputs',
    table({
      header: ['Input', 'Meaning', 'Accepted', 'Default'],
      rows: Object.entries(inputs).map(([name, input]) => [
        `\`${name}\``,
        input.description,
        input.form,
        presetOf(input),
      ]),
    }),
    '### Outputs',
    table({
      header: ['Output', 'Meaning'],
      rows: Object.entries(outputs).map(([name, text]) => [`\`${name}\``, text]),
    }),
  ].join('\n\n');
}

function presetOf({ default: preset, required }: Input<unknown>): string {
  if (preset !== null) return `\`${preset}\``;
  return required ? 'required' : '';
}

/** Without backticks: `action.yml` is plain text. */
const plain = (text: string): string => text.replaceAll('`', '');

function mapValues<T, U>(record: Readonly<Record<string, T>>, map: (value: T) => U): Record<string, U> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]));
}
