import { z } from 'zod';
import { configSchema } from '../config.ts';
import { formatValue, type SettingPath } from '../lib/setting-problem.ts';

/** A setting or a group of settings, as JSON Schema describes it. */
export interface SchemaNode {
  readonly description?: string;
  readonly accepts?: string;
  readonly examples?: readonly unknown[];
  readonly default?: unknown;
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly pattern?: string;
  readonly minimum?: number;
  readonly exclusiveMinimum?: number;
  readonly maximum?: number;
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly additionalProperties?: SchemaNode | false;
  readonly items?: SchemaNode;
  readonly minItems?: number;
  readonly anyOf?: readonly SchemaNode[];
  readonly oneOf?: readonly SchemaNode[];
}

/** The whole configuration. */
export const configNode = (): SchemaNode => z.toJSONSchema(configSchema, { io: 'input' }) as SchemaNode;

/**
 * The node of a setting.
 *
 * @param input the configured value. Its `kind` selects the variant of a union.
 * @returns an empty node for a path that no setting can have.
 */
export function nodeAt(node: SchemaNode, path: SettingPath, input: unknown): SchemaNode {
  const [key, ...rest] = path;
  if (key === undefined) return node;
  const holder = groupOf(node, input) ?? { properties: { kind: { enum: kindsOf(node) } } };
  const next =
    typeof key === 'number'
      ? holder.items
      : (holder.properties?.[key] ?? (holder.additionalProperties || {}));
  return nodeAt(next ?? {}, rest, valueAt(input, [key]));
}

/** The settings that a value of this node may have. For a union, those of the variant with the configured `kind`. */
export function groupOf(node: SchemaNode, input: unknown): SchemaNode | undefined {
  if (node.oneOf === undefined) return node;
  const kind = valueAt(input, ['kind']);
  return node.oneOf.find(({ properties }) => properties?.['kind']?.const === kind);
}

const kindsOf = ({ oneOf = [] }: SchemaNode): readonly unknown[] =>
  oneOf.map(({ properties }) => properties?.['kind']?.const);

/** The value of a setting, undefined when it is missing. */
export function valueAt(input: unknown, path: SettingPath): unknown {
  return path.reduce<unknown>(
    (value, key) => (value as Record<string | number, unknown> | null | undefined)?.[key],
    input,
  );
}

/** What a setting accepts, in words: `a whole number from 1 to 520`. */
export function acceptedBy(node: SchemaNode): string {
  if (node.accepts !== undefined) return node.accepts;
  if (node.enum !== undefined) return oneOf(node.enum);
  if (node.const !== undefined) return formatValue(node.const);
  if (node.anyOf !== undefined) return node.anyOf.map(acceptedBy).join(', or ');
  if (node.oneOf !== undefined) return `an object whose kind is ${oneOf(kindsOf(node))}`;
  switch (node.type) {
    case 'integer':
      return `a whole number${rangeOf(node)}`;
    case 'number':
      return `a number${rangeOf(node)}`;
    case 'string':
      return 'a text that is not empty';
    case 'array':
      return `a list${node.minItems === undefined ? '' : ' that is not empty'}, each entry ${acceptedBy(node.items ?? {})}`;
    case 'null':
      return 'null';
    default:
      return node.properties === undefined
        ? 'an object'
        : `an object with any of ${Object.keys(node.properties).join(', ')}`;
  }
}

const oneOf = (values: readonly unknown[]): string =>
  `${values.length > 2 ? 'one of ' : ''}${values.map(formatValue).join(values.length > 2 ? ', ' : ' or ')}`;

function rangeOf({ minimum, exclusiveMinimum, maximum }: SchemaNode): string {
  const least = minimum === Number.MIN_SAFE_INTEGER ? undefined : minimum;
  const most = maximum === Number.MAX_SAFE_INTEGER ? undefined : maximum;
  if (least !== undefined && most !== undefined) return ` from ${least} to ${most}`;
  const bounds = [
    ...(exclusiveMinimum === undefined ? [] : [`above ${exclusiveMinimum}`]),
    ...(least === undefined ? [] : [`of at least ${least}`]),
    ...(most === undefined ? [] : [`at most ${most}`]),
  ];
  return bounds.length === 0 ? '' : ` ${bounds.join(', ')}`;
}
