import type { Hook, z } from '@hono/zod-openapi';
import type { MiddlewareHandler } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import type { RequestState, Routes } from './api.ts';
import type { RouteEffect } from './cross-origin.ts';
import { LIMITS } from './limits.ts';
import { ApiProblem } from './problem.ts';

/** A response names so many invalid parts, so many unknown fields of one part, and so many characters of each. */
const MAX_PARTS = 20;
const MAX_FIELDS = 5;
const MAX_FIELD_LENGTH = 80;

/** Refuses a request that a schema rejected, with a message for each invalid part. */
// biome-ignore lint/suspicious/noExplicitAny: the hook is the same for every input there is.
export const rejectInvalid: Hook<any, RequestState, any, any> = (result) => {
  if (result.success) return;
  // The validator also passes the rejected input, which the type of the hook leaves out.
  const { data } = result as { readonly data?: unknown };
  const errors = result.error.issues.slice(0, MAX_PARTS).map((issue) => {
    const at = issue.path.map(String).join('.') || (result.target === 'json' ? 'body' : result.target);
    return { at, message: messageOf(issue, valueAt(data, issue.path)) };
  });
  const detail = errors.map(({ at, message }) => `${at}: ${message}`).join('; ');
  throw new ApiProblem('invalid-request', `${detail}.`, { errors });
};

const KINDS: Readonly<Record<string, string>> = {
  array: 'a list',
  boolean: 'true or false',
  int: 'a whole number',
  number: 'a number',
  object: 'an object',
  string: 'text',
};

/** The part of an input at a path, undefined when it is missing. */
function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, key) => (value as Record<PropertyKey, unknown> | null | undefined)?.[key],
    input,
  );
}

/** The message for an invalid part with this value. It speaks of the request, not of the schema. */
function messageOf(issue: z.core.$ZodIssue, value: unknown): string {
  const { message } = issue;
  switch (issue.code) {
    case 'too_big':
      return limit(issue.origin, 'at most', Number(issue.maximum));
    case 'too_small':
      return limit(issue.origin, 'at least', Number(issue.minimum));
    case 'unrecognized_keys':
      return `does not accept ${fieldNames(issue.keys)}`;
    case 'invalid_value':
      return `must be ${issue.values.map((value) => JSON.stringify(value)).join(' or ')}`;
    case 'invalid_union': {
      // No kind of object has the value of this field.
      if (issue.errors.length === 0) return message;
      // What is wrong with it as the kind of value that it is.
      const own = issue.errors.flat().find(({ code, path }) => code !== 'invalid_type' || path.length > 0);
      return own === undefined ? `must be ${kindsOf(issue.errors.flat())}` : messageOf(own, value);
    }
    case 'invalid_type':
      if (value === undefined) return 'is missing';
      // A query parameter that was sent twice is an array.
      if (issue.expected === 'string' && Array.isArray(value)) return 'was sent more than once';
      return `must be ${KINDS[issue.expected] ?? issue.expected}`;
    default:
      return message.charAt(0).toLowerCase() + message.slice(1);
  }
}

/** `text or a list` */
const kindsOf = (issues: readonly z.core.$ZodIssue[]): string =>
  issues
    .flatMap((issue) => (issue.code === 'invalid_type' ? (KINDS[issue.expected] ?? []) : []))
    .join(' or ');

/** Not all of them: a response must not get as long as the body. */
function fieldNames(keys: readonly string[]): string {
  const named = keys.slice(0, MAX_FIELDS).map((key) => JSON.stringify(key.slice(0, MAX_FIELD_LENGTH)));
  return keys.length > MAX_FIELDS
    ? `${named.join(', ')} and ${(keys.length - MAX_FIELDS).toLocaleString('en')} more`
    : named.join(', ');
}

function limit(origin: string, bound: string, value: number): string {
  const count = value.toLocaleString('en');
  if (origin === 'array') return `must have ${bound} ${count} ${value === 1 ? 'item' : 'items'}`;
  if (origin !== 'string') return `must be ${bound} ${count}`;
  return `must have ${bound} ${count} ${value === 1 ? 'character' : 'characters'}`;
}

/** The content types that Hono parses as JSON. Without this check Hono refuses the others with its own message. */
const JSON_TYPE = /^application\/json(;\s*[a-z0-9-]+=[^;]+)*$/i;

const requireJson: MiddlewareHandler = async (c, next) => {
  const type = c.req.header('content-type') ?? '';
  if (!JSON_TYPE.test(type)) {
    throw new ApiProblem(
      'not-json',
      `The content type is ${type === '' ? 'missing' : JSON.stringify(type.slice(0, 80))}. Send application/json.`,
    );
  }
  await next();
};

const limitBody = bodyLimit({
  maxSize: LIMITS.bodyBytes,
  onError: () => {
    throw new ApiProblem(
      'too-large',
      `The body may have at most ${LIMITS.bodyBytes.toLocaleString('en')} bytes.`,
    );
  },
});

/** Reads the body, which may be neither too large nor too slow. Validation takes it from memory then. */
const readBody: MiddlewareHandler<RequestState> = async (c, next) => {
  const milliseconds = c.get('bodyMs');
  const { promise: tooLate, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(tooSlow(milliseconds)), milliseconds);
  const reading = limitBody(c, async () => {
    await c.req.arrayBuffer();
  });
  try {
    await Promise.race([reading, tooLate]);
  } finally {
    clearTimeout(timer);
    // What fails later is of a request that was refused.
    reading.catch(() => {});
  }
  await next();
};

function tooSlow(milliseconds: number): ApiProblem {
  return new ApiProblem(
    'too-slow',
    `The body did not arrive within ${milliseconds / 1000} s. Send it again.`,
    // What is still to come of the body is read by nobody.
    { headers: { connection: 'close' } },
  );
}

/** What may be wrong with a body before it is understood. */
export const BODY_PROBLEMS = ['bad-json', 'not-json', 'too-large', 'too-slow'] as const;

/** The middleware of every route with a body. */
export const acceptJson: MiddlewareHandler[] = [requireJson, readBody];

/** A method of a route. */
interface RouteMethod {
  readonly method: string;
  readonly pattern: RegExp;
  readonly effect: RouteEffect;
}

/** Every method of every route, and what each does: one that needs a key to write or erase changes something. */
export const tableOf = (app: Routes): readonly RouteMethod[] =>
  app.routes
    .filter(({ method }) => method !== 'ALL')
    .map(({ method, path }) => ({
      method,
      pattern: patternOf(path),
      effect: isWrite(app, method, path) ? 'write' : 'read',
    }));

/** The methods that the routes of a path accept. */
export function methodsIn(table: readonly RouteMethod[], path: string): ReadonlyMap<string, RouteEffect> {
  const methods = new Map<string, RouteEffect>();
  for (const { method, pattern, effect } of table) {
    if (!pattern.test(path)) continue;
    methods.set(method, effect);
    if (method === 'GET') methods.set('HEAD', effect);
  }
  return methods;
}

/** Whether the description of a route says that it needs the scope `write` or `admin`. */
function isWrite({ openAPIRegistry }: Routes, method: string, pattern: string): boolean {
  const path = pattern.replace(/:(\w+)/g, '{$1}');
  return openAPIRegistry.definitions.some(
    (definition) =>
      definition.type === 'route' &&
      definition.route.path === path &&
      definition.route.method.toUpperCase() === method &&
      definition.route.security?.some((scheme) => {
        const scopes = Object.values(scheme).flat();
        return scopes.includes('write') || scopes.includes('admin');
      }) === true,
  );
}

const patternOf = (path: string): RegExp => new RegExp(`^${path.replace(/:\w+/g, '[^/]+')}$`);
