import type { ApiDescription } from './openapi.ts';
import { type Content, type Operation, type Route, routesOf } from './route.ts';
import type { Schema } from './schema-fields.ts';

/** The module, and its types. */
export const CLIENT_FILES = ['cinematch.mjs', 'cinematch.d.mts'] as const;
/** The text of each file, by its name. */
export type ClientFiles = Readonly<Record<(typeof CLIENT_FILES)[number], string>>;

/** An operation as a method of the client. */
interface Call {
  readonly name: string;
  readonly method: string;
  readonly path: string;
  readonly summary: string;
  /** Parameters of the URL. */
  readonly url: Fields;
  readonly body: Fields | null;
  readonly response: Schema | null;
  /** Lists of the URL that are sent as several parameters of the same name. */
  readonly repeated: readonly string[];
  /** Whether a request has an idempotency key. */
  readonly stores: boolean;
}

interface Fields {
  readonly properties: Readonly<Record<string, Schema>>;
  readonly required: readonly string[];
}

const NO_FIELDS: Fields = { properties: {}, required: [] };
/** Probes, status and badges, and a person's data, which the backend of a site asks for: apps do not call them. */
const LEFT_OUT = ['Service', 'Users'];

/** The TypeScript client of the API: a module without dependencies, and its types. */
export function clientOf(description: ApiDescription): ClientFiles {
  const calls = routesOf(description).flatMap((route) =>
    route.tags?.some((tag) => LEFT_OUT.includes(tag)) === true ? [] : callOf(route),
  );
  const schemas = (description.components?.schemas ?? {}) as Readonly<Record<string, Schema>>;
  return {
    'cinematch.mjs': moduleText(calls),
    'cinematch.d.mts': typesText(calls, schemas),
  };
}

function callOf(route: Route): Call {
  const {
    operationId = '',
    method,
    path,
    summary = '',
    parameters = [],
    requestBody,
    responses = {},
  } = route;
  const sent = parameters.filter((parameter) => parameter.in !== 'header');
  const body = jsonOf(requestBody?.content);
  const [, success] = Object.entries(responses).find(([status]) => status.startsWith('2')) ?? [];
  return {
    name: operationId,
    method: method.toUpperCase(),
    path,
    summary,
    url: {
      properties: Object.fromEntries(
        sent.map(({ name: field, schema = {}, description = schema.description ?? '' }) => [
          camelCase(field),
          { ...schema, description },
        ]),
      ),
      required: sent.filter(({ required }) => required === true).map(({ name: field }) => camelCase(field)),
    },
    body: body === null ? null : { ...NO_FIELDS, ...body },
    response: jsonOf(success?.content),
    repeated: sent.filter(isRepeated).map(({ name: parameter }) => parameter),
    stores: parameters.some((parameter) => parameter.name === 'idempotency-key'),
  };
}

/** Whether a list is sent as `name=a&name=b`, which is what OpenAPI means if nothing else is said. */
const isRepeated = ({ schema, explode = true }: NonNullable<Operation['parameters']>[number]): boolean =>
  explode && [schema, ...(schema?.anyOf ?? [])].some((one) => one?.type === 'array');

/** A parameter of a URL as the field of a body is called. The client changes it back. */
const camelCase = (name: string): string =>
  name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());

const jsonOf = (content: Content | undefined): Schema | null => content?.['application/json']?.schema ?? null;

/** What the path of every call starts with. */
const ROOT = '/api/v1/';
const ORIGIN = '// Generated from /api/openapi.json. Do not edit.\n';

function moduleText(calls: readonly Call[]): string {
  const table = calls.map(({ name, method, path }) => `  ${name}: '${method} ${path.replace(ROOT, '')}',\n`);
  const repeated = new Set(calls.flatMap((call) => call.repeated.map((name) => `'${name}'`)));
  const storing = calls.filter(({ stores }) => stores).map(({ name }) => `'${name}'`);
  return (
    ORIGIN +
    RUNTIME.replace('/* calls */\n', () => table.join(''))
      .replace('/* storing */', storing.join(', '))
      .replace('/* repeated */', [...repeated].join(', '))
  );
}

const RUNTIME = `
/** Method and path of each call. */
const CALLS = {
/* calls */
};
/** Calls that store. Each request has an idempotency key. */
const STORING = [/* storing */];
/** Lists that are sent as \`name=a&name=b\`. The others are sent as \`name=a,b\`, with %2C for a comma in an item. */
const REPEATED = [/* repeated */];

/** A request that the API refused or could not answer. */
export class CineMatchError extends Error {
  constructor(status, problem, retryAfterSeconds) {
    super(problem?.detail ?? \`HTTP status \${status}\`);
    const code = problem?.code ?? null;
    Object.assign(this, { name: 'CineMatchError', status, code, problem, retryAfterSeconds });
  }
}

export class CineMatch {
  #settings;

  constructor({ url = '', key, timeoutMs = 10_000, fetch = globalThis.fetch } = {}) {
    this.#settings = { url: url.replace(/\\/+$/, ''), key, timeoutMs, fetch };
    for (const name of Object.keys(CALLS)) {
      this[name] = (request, options) => this.#call(name, request, options);
    }
  }

  async #call(name, request, options = {}) {
    const [method, path] = CALLS[name].split(' ');
    const { url, key, fetch, timeoutMs } = { ...this.#settings, ...options };
    const rest = { ...request };
    const filled = path.replace(/{(\\w+)}/g, (_, field) => {
      const value = rest[field];
      delete rest[field];
      return encodeURIComponent(value);
    });
    const limit = AbortSignal.timeout(timeoutMs);
    const init = {
      method,
      headers: key ? { authorization: \`Bearer \${key}\` } : {},
      signal: options.signal ? AbortSignal.any([options.signal, limit]) : limit,
    };
    if (method === 'POST') {
      init.headers['content-type'] = 'application/json';
      init.body = JSON.stringify(rest);
    }
    if (STORING.includes(name)) {
      init.headers['idempotency-key'] = options.idempotencyKey ?? crypto.randomUUID();
    }
    const address = \`\${url}${ROOT}\${filled}\${method === 'POST' ? '' : queryOf(rest)}\`;
    const end = Date.now() + timeoutMs;
    for (;;) {
      const response = await fetch(address, init);
      if (response.ok) return response.status === 204 ? undefined : response.json();
      const error = await errorOf(response);
      // Without Retry-After the same request would fail again.
      const waitMs = 1000 * (error.retryAfterSeconds ?? Infinity);
      if (!(Date.now() + waitMs < end)) throw error;
      await pause(waitMs, init.signal);
    }
  }
}

function queryOf(parameters) {
  const query = new URLSearchParams();
  for (const [field, value] of Object.entries(parameters)) {
    if (value === undefined) continue;
    const name = field.replace(/[A-Z]/g, (letter) => \`_\${letter.toLowerCase()}\`);
    if (!Array.isArray(value)) query.append(name, value);
    else if (REPEATED.includes(name)) value.forEach((item) => query.append(name, item));
    else query.append(name, value.map((item) => String(item).replaceAll(',', '%2C')));
  }
  return query.size === 0 ? '' : \`?\${query}\`;
}

async function errorOf(response) {
  const { status, headers } = response;
  const isProblem = headers.get('content-type')?.startsWith('application/problem+json');
  const after = headers.get('retry-after');
  return new CineMatchError(status, isProblem ? await response.json() : null, after && Number(after));
}

function pause(milliseconds, signal) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      reject(signal.reason);
    });
  });
}
`;

function typesText(calls: readonly Call[], schemas: Readonly<Record<string, Schema>>): string {
  const shared = sharedFields(calls.flatMap(({ url, body }) => [url, body ?? NO_FIELDS]));
  const methods = calls.map(({ name, summary, url, body, response }) => {
    const answer = response === null ? 'void' : typeText(response, '  ');
    const parts = [...partsOf(url, shared), ...partsOf(body ?? NO_FIELDS, shared)];
    const isOpen = body === null && url.required.length === 0;
    const types = [answer, ...(parts.length === 0 ? [] : [parts.join(' & ')])].join(', ');
    return `${comment(`${summary}.`, '  ')}  ${name}: ${isOpen ? 'OpenCall' : 'Call'}<${types}>;\n`;
  });
  const used = schemasOf(
    [...calls.map(({ response }) => response), { $ref: '#/components/schemas/Problem' }],
    schemas,
  );
  const named = used.map(([name, schema]) => {
    const text = typeText(schema, '');
    const isObject = text.startsWith('{') && text.indexOf('\n}') === text.length - 2;
    return `${comment(schema.description, '')}export ${isObject ? `interface ${name} ${text}` : `type ${name} = ${text};`}\n`;
  });
  const text = [
    ORIGIN,
    TYPES.replace('/* calls */\n', () => methods.join('')),
    ...shared.map((group) => `interface ${group.name} ${objectText(group, '', SENT)}\n`),
    ...named,
  ].join('\n');
  return describedOnce(text);
}

const TYPES = `export interface Options {
  /** URL of the service, without \`/api\`; by default the one of the page. */
  url?: string;
  /** API key. */
  key?: string;
  /** How long a call may take in all; by default 10,000. */
  timeoutMs?: number;
  fetch?: typeof fetch;
}

export interface CallOptions {
  signal?: AbortSignal;
  timeoutMs?: number;
  /** Name of a request that stores: by default a new one for each call. */
  idempotencyKey?: string;
}

type Call<Answer, Request> = (request: Request, options?: CallOptions) => Promise<Answer>;
type OpenCall<Answer, Request = object> = (request?: Request, options?: CallOptions) => Promise<Answer>;

/** A request that the API refused or could not answer. \`problem\` is null when something else answered. */
export declare class CineMatchError extends Error {
  status: number;
  code: Problem['code'] | null;
  problem: Problem | null;
  retryAfterSeconds: number | null;
}

/** A call that fails with \`Retry-After\` is repeated until its time is over. */
export declare class CineMatch {
  constructor(options?: Options);
/* calls */
}
`;

type Field = readonly [name: string, schema: Schema];

/** Requests have at least so many fields in common for a type of their own. */
const MIN_SHARED = 3;

/** Fields that the same requests have, with the same types and descriptions. */
interface SharedFields extends Fields {
  readonly name: string;
  readonly identities: readonly string[];
}

/** Groups of fields that several requests have in common. */
function sharedFields(requests: readonly Fields[]): readonly SharedFields[] {
  const all = requests.flatMap((request, at) =>
    Object.entries(request.properties).map((field) => ({
      field,
      at,
      identity: identityOf(field, request),
      isRequired: request.required.includes(field[0]),
    })),
  );
  const byIdentity = [...Map.groupBy(all, ({ identity }) => identity).values()];
  const shared = byIdentity.filter(({ length }) => length >= MIN_SHARED);
  const groups = Map.groupBy(shared, (places) => places.map(({ at }) => at).join());
  return [...groups.values()].map((group) => {
    const fields = group.flatMap(([place]) => place ?? []);
    const [first = ''] = fields.map(({ field: [name] }) => name);
    return {
      name: `With${first.charAt(0).toUpperCase()}${first.slice(1)}`,
      identities: fields.map(({ identity }) => identity),
      properties: Object.fromEntries(fields.map(({ field }) => field)),
      required: fields.filter(({ isRequired }) => isRequired).map(({ field: [name] }) => name),
    };
  });
}

const identityOf = ([name, schema]: Field, { required }: Fields): string =>
  [name, required.includes(name), typeText(schema, ''), schema.description].join('\n');

/** A request as types: the groups of shared fields that it has, and its own fields. */
function partsOf(request: Fields, groups: readonly SharedFields[]): readonly string[] {
  const fields = Object.entries(request.properties);
  const identities = new Set(fields.map((field) => identityOf(field, request)));
  const had = groups.filter((group) => group.identities.every((identity) => identities.has(identity)));
  const shared = new Set(had.flatMap((group) => group.identities));
  const own = Object.fromEntries(fields.filter((field) => !shared.has(identityOf(field, request))));
  return [
    ...had.map(({ name }) => name),
    ...(Object.keys(own).length === 0 ? [] : [objectText({ ...request, properties: own }, '  ', SENT)]),
  ];
}

/** Text in which a comment that is repeated before the same field is left out. */
function describedOnce(text: string): string {
  const seen = new Set<string>();
  return text.replace(/^ *\/\*\* (.*) \*\/\n *(\w+\??: )/gm, (whole, comment: string, field: string) => {
    const described = `${comment} ${field.replace('?', '')}`;
    if (seen.has(described)) return whole.replace(/^.*\n/, '');
    seen.add(described);
    return whole;
  });
}

/** The named schemas that some schemas refer to, each after those that refer to it. */
function schemasOf(
  from: readonly (Schema | null)[],
  schemas: Readonly<Record<string, Schema>>,
): readonly (readonly [string, Schema])[] {
  const found = new Set<string>();
  const look = (part: unknown): void => {
    for (const [, name = ''] of JSON.stringify(part).matchAll(/"#\/components\/schemas\/(\w+)"/g)) {
      if (found.has(name)) continue;
      found.add(name);
      look(schemas[name] ?? {});
    }
  };
  look(from);
  return Object.entries(schemas).filter(([name]) => found.has(name));
}

/** Before the type of a list. A request may have a list that nobody changes. */
const [SENT, RECEIVED] = ['readonly ', ''];

/** A schema as a type of TypeScript. @param indent of the line that it starts on. */
function typeText(schema: Schema, indent: string, list = RECEIVED): string {
  const { $ref, enum: values, const: value, anyOf, oneOf = anyOf, allOf, type = 'unknown' } = schema;
  if ($ref !== undefined) return $ref.replace('#/components/schemas/', '');
  if (values !== undefined) return union(values.map(literal));
  if (value !== undefined) return literal(value);
  if (oneOf !== undefined) return union(oneOf.map((part) => typeText(part, indent, list)));
  if (allOf !== undefined) {
    const parts = allOf.map((part) => typeText(part, indent, list));
    return parts.filter((part) => part !== 'unknown').join(' & ');
  }
  return union([type].flat().map((kind) => kindText(kind, schema, indent, list)));
}

function kindText(kind: string, schema: Schema, indent: string, list: string): string {
  if (kind === 'integer') return 'number';
  if (kind === 'object') return objectText(schema, indent, list);
  if (kind !== 'array') return kind;
  const { prefixItems, items = {} } = schema;
  if (prefixItems !== undefined)
    return `[${prefixItems.map((item) => typeText(item, indent, list)).join(', ')}]`;
  const item = typeText(items, indent, list);
  return hasParts(items) ? `${list}(${item})[]` : `${list}${item}[]`;
}

/** Whether the type of a schema is written with `|` or `&`. */
const hasParts = ({ $ref, enum: values = [], anyOf, oneOf = anyOf, allOf = oneOf, type }: Schema): boolean =>
  $ref === undefined && (values.length > 1 || allOf !== undefined || [type].flat().length > 1);

function objectText(
  {
    properties = {},
    required = [],
    additionalProperties,
  }: Pick<Schema, 'properties' | 'required' | 'additionalProperties'>,
  indent: string,
  list: string,
): string {
  const inner = `${indent}  `;
  const fields = Object.entries(properties).map(([name, property]) => ({
    described: comment(property.description, inner),
    text: `${name}${required.includes(name) ? '' : '?'}: ${typeText(property, inner, list)}`,
  }));
  const [first] = fields;
  if (first === undefined) {
    const values =
      typeof additionalProperties === 'object' ? typeText(additionalProperties, indent, list) : 'unknown';
    return `Record<string, ${values}>`;
  }
  const line = `{ ${fields.map(({ text }) => text).join('; ')} }`;
  if (line.length <= LONG_LINE && !line.includes('\n') && fields.every(({ described }) => described === '')) {
    return line;
  }
  return `{\n${fields.map(({ described, text }) => `${described}${inner}${text};\n`).join('')}${indent}}`;
}

/** An object without comments has a line for each field if it is longer. */
const LONG_LINE = 80;

const literal = (value: unknown): string => JSON.stringify(value).replace(/^"([^'"\\]*)"$/, "'$1'");
const union = (types: readonly string[]): string => [...new Set(types)].join(' | ');

const LONG_COMMENT = 80;

/** The first sentence, or what is before its colon; the page of the API has the rest. */
const comment = (text: string | undefined, indent: string): string => {
  if (text === undefined || text === '' || text === '.') return '';
  const [sentence] = /^.*?[.](?= [A-Z`]|$)/.exec(text) ?? [text];
  const short = sentence.length > LONG_COMMENT ? sentence.replace(/: .*$/, '.') : sentence;
  return `${indent}/** ${short.replaceAll('*/', '* /')} */\n`;
};
