/** The recipe "Add a setting": what a setting needs, so that people find it and understand it. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { AGREEMENTS } from '../../pipeline/config/agreements.ts';
import { configNode, nodeAt, type SchemaNode } from '../../pipeline/config/schema-node.ts';
import { configSchema } from '../../pipeline/config.ts';
import { ALGORITHMS } from '../../pipeline/train/algorithms.ts';

const page = readFileSync(new URL('../../docs/configuration.md', import.meta.url), 'utf8');
const rows = page.split('\n').filter((line) => line.startsWith('| `'));

interface Setting {
  readonly name: string;
  readonly node: SchemaNode;
  /** A configuration with this setting alone, at its example. */
  readonly input: unknown;
}

/** Every setting, those of the sources of batches too. */
function settingsOf(node: SchemaNode, path: readonly string[] = []): readonly Setting[] {
  return Object.entries(node.properties ?? {}).flatMap(([key, inner]) => {
    const here = [...path, key];
    if (inner.properties !== undefined) return settingsOf(inner, here);
    const input = here.reduceRight<unknown>((value, name) => ({ [name]: value }), inner.examples?.[0]);
    return [{ name: here.join('.'), node: inner, input }, ...(inner.items?.oneOf ?? []).flatMap(ofSource)];
  });
}

function ofSource({ properties = {} }: SchemaNode): readonly Setting[] {
  const { kind, ...settings } = properties;
  const required = Object.entries(settings).filter(([, { default: byDefault }]) => byDefault === undefined);
  const needed = Object.fromEntries(required.map(([name, { examples }]) => [name, examples?.[0]]));
  return Object.entries(settings).map(([name, node]) => ({
    name,
    node,
    input: { batches: [{ kind: kind?.const, ...needed, [name]: node.examples?.[0] }] },
  }));
}

const SETTINGS = settingsOf(configNode());

test('there are settings in every group and in every source', () => {
  expect(SETTINGS.length).toBeGreaterThan(45);
});

test.each(SETTINGS)('$name has a meaning, a valid example and a row', ({ name, node, input }) => {
  expect(node.description).toMatch(/^.{15,}\.$/);
  expect(node.examples).toHaveLength(1);
  expect(node.examples?.[0]).not.toEqual(node.default);
  expect(configSchema.safeParse(input)).toMatchObject({ success: true });
  const row = rows.find(
    (line) => line.startsWith(`| \`${name}\` |`) && line.includes(node.description ?? '-'),
  );
  expect(row?.split(' | ')).toHaveLength(5);
});

test.each(ALGORITHMS)(
  'every hyper-parameter of $name has a meaning, a valid default and a row',
  (algorithm) => {
    for (const [name, parameter] of Object.entries(algorithm.hyperParameters)) {
      expect(parameter.meaning).toMatch(/\.$/);
      expect(parameter.default).toBeGreaterThanOrEqual(parameter.min);
      expect(parameter.default).toBeLessThanOrEqual(parameter.max);
      const own = name.split('.').at(-1);
      const found = rows.some(
        (line) => line.startsWith(`| \`${own}\` |`) && line.includes(parameter.meaning),
      );
      expect(found, name).toBe(true);
    }
  },
);

test.each(AGREEMENTS)('the agreement of $settings names settings that exist', ({ settings }) => {
  for (const setting of settings) {
    expect(nodeAt(configNode(), setting.split('.'), {}).description, setting).toBeDefined();
  }
});
