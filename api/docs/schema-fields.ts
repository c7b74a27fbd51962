import { MAX_ID } from '../../pipeline/ratings/validate.ts';

/** The part of JSON Schema that the OpenAPI document uses. */
export interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly format?: string;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly maxLength?: number;
  readonly maxItems?: number;
  readonly default?: unknown;
  readonly example?: unknown;
  readonly items?: Schema;
  readonly prefixItems?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema | boolean;
  readonly required?: readonly string[];
  readonly allOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
}

export interface Field {
  /** `title` */
  readonly name: string;
  /** `recommendations[].title` */
  readonly path: string;
  /** Number of objects around it. */
  readonly depth: number;
  readonly type: string;
  readonly required: boolean;
  readonly description: string;
}

type Schemas = Readonly<Record<string, Schema>>;

/** Every field of an object and of the objects inside it, in order. */
export function fieldsOf(schema: Schema, schemas: Schemas, prefix = '', depth = 0): readonly Field[] {
  const whole = resolved(schema, schemas);
  const { properties = {}, required = [] } = whole;
  return Object.entries(properties).flatMap(([name, property]) => {
    const inner = resolved(property, schemas);
    const field: Field = {
      name,
      path: `${prefix}${name}`,
      depth,
      type: typeOf(property, schemas),
      required: required.includes(name),
      description: property.description ?? inner.description ?? '',
    };
    const items = inner.items === undefined ? null : resolved(inner.items, schemas);
    if (items?.properties !== undefined) {
      return [field, ...fieldsOf(items, schemas, `${field.path}[].`, depth + 1)];
    }
    if (inner.properties !== undefined) {
      return [field, ...fieldsOf(inner, schemas, `${field.path}.`, depth + 1)];
    }
    return [field];
  });
}

/** A short description of a type: `integer, 1 to 100, default 10`. */
export function typeOf(schema: Schema, schemas: Schemas): string {
  const whole = resolved(schema, schemas);
  const { minimum, maximum, maxItems, maxLength } = whole;
  const words = [
    // The upper bound of every id is not shown.
    kindOf(whole, schemas),
    minimum === undefined || maximum === undefined || maximum === MAX_ID
      ? ''
      : `${minimum} to ${maximum.toLocaleString('en')}`,
    maxItems === undefined || whole.prefixItems !== undefined
      ? ''
      : `at most ${maxItems.toLocaleString('en')}`,
    maxLength === undefined ? '' : `at most ${maxLength} characters`,
    whole.default === undefined ? '' : `default ${JSON.stringify(whole.default)}`,
  ];
  return words.filter((word) => word !== '').join(', ');
}

function kindOf(schema: Schema, schemas: Schemas): string {
  if (schema.enum !== undefined) return schema.enum.map((value) => JSON.stringify(value)).join(' or ');
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.anyOf !== undefined) return schema.anyOf.map((one) => typeOf(one, schemas)).join(' or ');
  const types = typeof schema.type === 'string' ? [schema.type] : (schema.type ?? []);
  return types
    .map((type) => {
      if (type === 'array' && schema.prefixItems !== undefined)
        return `pair of ${schema.prefixItems[0]?.type}s`;
      if (type === 'array' && schema.items !== undefined) {
        return `list of ${typeOf(schema.items, schemas).replace(/^\w+/, '$&s')}`;
      }
      return type === 'string' && schema.format === 'date-time' ? 'time (ISO 8601)' : type;
    })
    .join(' or ');
}

/** A schema with its references resolved, its `allOf` parts merged, and objects of `oneOf` as one with all their fields. */
function resolved(schema: Schema, schemas: Schemas): Schema {
  if (schema.$ref !== undefined) {
    return resolved(schemas[schema.$ref.replace('#/components/schemas/', '')] ?? {}, schemas);
  }
  if (schema.oneOf !== undefined) return eitherOf(schema.oneOf.map((one) => resolved(one, schemas)));
  if (schema.allOf === undefined || schema.allOf.length === 0) return schema;
  const parts = [...schema.allOf.map((part) => resolved(part, schemas)), { ...schema, allOf: [] }];
  return Object.assign({}, ...parts, {
    properties: Object.assign({}, ...parts.map(({ properties }) => properties)),
    required: parts.flatMap(({ required = [] }) => required),
  });
}

/** An object with the fields of all; required are those that each one requires. */
function eitherOf(objects: readonly Schema[]): Schema {
  const names = [...new Set(objects.flatMap(({ properties = {} }) => Object.keys(properties)))];
  const merged = (name: string): Schema => {
    const found = objects.flatMap(({ properties }) => properties?.[name] ?? []);
    const values = found.flatMap(({ enum: several, const: single }) => several ?? single ?? []);
    return values.length === 0 ? (found[0] as Schema) : { ...found[0], enum: values };
  };
  return {
    type: 'object',
    properties: Object.fromEntries(names.map((name) => [name, merged(name)])),
    required: names.filter((name) => objects.every(({ required = [] }) => required.includes(name))),
  };
}
