import { inspect } from 'node:util';
import { AGREEMENTS } from '../../pipeline/config/agreements.ts';
import { acceptedBy, configNode, type SchemaNode } from '../../pipeline/config/schema-node.ts';
import { paragraphs, table } from '../../pipeline/reports/markdown.ts';
import type { Algorithm } from '../../pipeline/train/algorithm.ts';
import { ALGORITHMS } from '../../pipeline/train/algorithms.ts';
import { rangeOf, type Specification } from '../../pipeline/train/hyper-parameters.ts';

/** docs/configuration.md: every setting and every hyper-parameter. */
export function configurationPage(): string {
  return `<!-- Written from pipeline/config.ts and pipeline/train by \`npm run docs\`. -->

# Configuration

The settings are in [\`cinematch.config.ts\`](../cinematch.config.ts). Each one has a default, so write only what you change:

\`\`\`ts
import type { ConfigInput } from './pipeline/config.ts';

const config: ConfigInput = {
  dataset: 'films',
  retraining: { minGain: 0.01 },
};

export default config;
\`\`\`

Every command and every action checks the whole file before it starts. The error [\`config-invalid\`](operations.md#config-invalid) lists all problems. Most commands read another file with \`--config FILE\`. Without a file all settings have their defaults.

${group([], configNode())}

${agreements()}

${hyperParameters()}
`;
}

/** A table of the settings of a group, and then the groups in it. */
function group(path: readonly string[], { description, properties = {} }: SchemaNode): string {
  const entries = Object.entries(properties).map(([name, node]) => ({ path: [...path, name], node }));
  const isGroup = ({ node }: { readonly node: SchemaNode }): boolean => node.properties !== undefined;
  return paragraphs([
    path.length === 0 ? '## General' : heading(path),
    description ?? null,
    settingsTable(entries.filter((entry) => !isGroup(entry))),
    ...entries.flatMap(({ node: { items } }) => (items?.oneOf ?? []).map(batchSource)),
    ...entries.filter(isGroup).map(({ path: inner, node }) => group(inner, node)),
  ]);
}

const heading = (path: readonly string[]): string => `${path.length === 1 ? '##' : '###'} ${path.join('.')}`;

/** A kind of source of batches. */
function batchSource({ description, properties = {} }: SchemaNode): string {
  const { kind, ...settings } = properties;
  const entries = Object.entries(settings).map(([name, node]) => ({ path: [name], node }));
  return paragraphs([
    `### batches: ${kind?.const}`,
    `\`{ kind: '${kind?.const}' }\`: ${description}`,
    entries.length === 0 ? null : settingsTable(entries),
  ]);
}

function settingsTable(
  entries: readonly { readonly path: readonly string[]; readonly node: SchemaNode }[],
): string | null {
  if (entries.length === 0) return null;
  return table({
    header: ['Setting', 'Accepted', 'Default', 'Meaning', 'Example'],
    rows: entries.map(({ path, node }) => [
      `\`${path.join('.')}\``,
      acceptedBy(node),
      node.default === undefined ? 'required' : code(node.default),
      node.description ?? '',
      (node.examples ?? []).map(code).join(', '),
    ]),
  });
}

/** A value as it is written in the file. */
const code = (value: unknown): string =>
  `\`${inspect(value, { depth: null, breakLength: Number.POSITIVE_INFINITY, numericSeparator: true })}\``;

function agreements(): string {
  const items = AGREEMENTS.map(
    ({ settings, meaning }) => `- ${settings.map((setting) => `\`${setting}\``).join(', ')}: ${meaning}`,
  );
  return paragraphs(['## Settings that must agree', items.join('\n')]);
}

function hyperParameters(): string {
  const single = ALGORITHMS.filter(({ name }) => !name.includes('+'));
  const pairs = ALGORITHMS.filter(({ name }) => name.includes('+'));
  const shared = Object.keys(single[0]?.hyperParameters ?? {}).filter((name) =>
    ALGORITHMS.every(({ hyperParameters: all }) => Object.hasOwn(all, name)),
  );
  const own = ({ name, hyperParameters: all }: Algorithm): Specification =>
    Object.fromEntries(
      Object.entries(all)
        .filter(([parameter]) => !shared.includes(parameter))
        .map(([parameter, its]) => {
          const isPart = pairs.some((pair) => pair.name.split('+').includes(name));
          const isInPairs = pairs.some((pair) => Object.hasOwn(pair.hyperParameters, `${name}.${parameter}`));
          const meaning = isPart && !isInPairs ? `${its.meaning} Not in a pair.` : its.meaning;
          return [parameter, { ...its, meaning }];
        }),
    );
  const only = (all: Specification, names: readonly string[]): Specification =>
    Object.fromEntries(Object.entries(all).filter(([name]) => names.includes(name)));
  const [pair] = pairs;
  const ofPairs = Object.keys(pair?.hyperParameters ?? {}).filter(
    (name) => !name.includes('.') && !shared.includes(name),
  );
  return paragraphs([
    '## Hyper-parameters',
    `\`train.algorithm\` is one of ${ALGORITHMS.map(({ name }) => `\`${name}\``).join(', ')}. [algorithms.md](algorithms.md) says how they work.`,
    "In a pair, the name of a hyper-parameter begins with the name of its part: `hyperParameters: { 'vb-mf.sweeps': 30, 'ials.sweeps': 10 }`. A single algorithm has no such prefix: `{ sweeps: 30 }`. `cinematch tune` searches for better values.",
    '### Every algorithm',
    parameterTable(only(single[0]?.hyperParameters ?? {}, shared)),
    '### Every pair',
    parameterTable(only(pair?.hyperParameters ?? {}, ofPairs)),
    ...single.flatMap((algorithm) => {
      const parameters = own(algorithm);
      return Object.keys(parameters).length === 0
        ? []
        : [`### ${algorithm.name}`, parameterTable(parameters)];
    }),
  ]);
}

function parameterTable(parameters: Specification): string {
  return table({
    header: ['Hyper-parameter', 'Accepted', 'Default', 'Meaning'],
    rows: Object.entries(parameters).map(([name, parameter]) => [
      `\`${name}\``,
      rangeOf(parameter),
      code(parameter.default),
      parameter.meaning,
    ]),
  });
}
