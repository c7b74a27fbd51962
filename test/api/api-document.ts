import type { ValidateFunction } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';

/** The parts of an OpenAPI document that answers are held against. */
export interface ApiDocument {
  readonly openapi: string;
  readonly info: Readonly<Record<string, unknown>>;
  readonly tags: readonly { readonly name: string; readonly description?: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, Schema>>;
    readonly securitySchemes: Readonly<Record<string, unknown>>;
  };
}

export interface Operation {
  readonly operationId?: string;
  readonly summary?: string;
  readonly tags?: readonly string[];
  readonly security?: readonly Readonly<Record<string, unknown>>[];
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Content };
  readonly responses: Readonly<
    Record<string, { readonly description: string; readonly content?: Content; readonly links?: Links }>
  >;
}

export interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly explode?: boolean;
  readonly schema: Schema;
}

type Links = Readonly<
  Record<
    string,
    {
      readonly operationId: string;
      readonly parameters?: Readonly<Record<string, string>>;
      readonly requestBody?: unknown;
    }
  >
>;
type Content = Readonly<Record<string, { readonly schema: Schema; readonly example?: object }>>;
export type Schema = Readonly<Record<string, unknown>>;

export interface DescribedAnswers {
  /** What of an answer is not as the document says; empty when all is. */
  problemsOf(method: string, path: string, answer: Answer): readonly string[];
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
}

/** Compiles the document's schemas, each closed: a property that is not described is a problem. */
export function describedAnswers({ paths, components }: ApiDocument): DescribedAnswers {
  const ajv = new Ajv2020({ strict: true, allowUnionTypes: true, strictTypes: false });
  ajv.addVocabulary(['example']);
  ajv.addFormat('date-time', (text) => /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/.test(text));
  for (const [name, schema] of Object.entries(components.schemas)) {
    ajv.addSchema(withClosedParts(schema) as Schema, name);
  }
  const validators = new Map<string, ValidateFunction>();
  const validatorOf = (key: string, schema: Schema): ValidateFunction => {
    const known = validators.get(key) ?? ajv.compile(closed(schema) as Schema);
    validators.set(key, known);
    return known;
  };

  function problemsOf(method: string, path: string, { status, headers, body }: Answer): readonly string[] {
    const described = paths[path]?.[method]?.responses[status];
    if (described === undefined) return [`${method} ${path} does not say that it answers ${status}: ${body}`];
    const [[type, media] = [null, null]] = Object.entries(described.content ?? {});
    if (type === null || media === null) return body === '' ? [] : [`${status} has a body: ${body}`];
    const sent = headers.get('content-type');
    if (sent !== type) return [`${status} is described as ${type} and is ${sent}`];
    const value = JSON.parse(body) as Record<string, unknown>;
    const validate = validatorOf(`${method} ${path} ${status}`, media.schema);
    if (!validate(value)) return [`${ajv.errorsText(validate.errors)} in ${body}`];
    if (status < 400) return [];
    return described.description.includes(`\`${value['code']}\``)
      ? []
      : [`${status} is not described with the code ${value['code']}: ${described.description}`];
  }
  return { problemsOf };
}

/** A schema that takes no property which neither it nor any of its parts describes. */
const closed = (schema: unknown): unknown => ({
  ...(withClosedParts(schema) as object),
  unevaluatedProperties: false,
});

/** The schemas within are closed; itself it is not, as it may be a part of a larger one. */
function withClosedParts(schema: unknown): unknown {
  const whole = schema as Schema;
  const each = (parts: unknown, change: (part: unknown) => unknown) =>
    parts === undefined ? undefined : (parts as unknown[]).map(change);
  const changed = {
    ...whole,
    $ref: (whole['$ref'] as string | undefined)?.replace('#/components/schemas/', ''),
    properties:
      whole['properties'] === undefined
        ? undefined
        : Object.fromEntries(
            Object.entries(whole['properties'] as Schema).map(([name, part]) => [name, closed(part)]),
          ),
    items: whole['items'] === undefined ? undefined : closed(whole['items']),
    prefixItems: each(whole['prefixItems'], closed),
    allOf: each(whole['allOf'], withClosedParts),
    anyOf: each(whole['anyOf'], closed),
    oneOf: each(whole['oneOf'], closed),
  };
  return Object.fromEntries(Object.entries(changed).filter(([, value]) => value !== undefined));
}
