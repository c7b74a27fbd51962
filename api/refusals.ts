import type { Hook } from '@hono/zod-openapi';
import type { MiddlewareHandler } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import type { RequestState, Routes } from './api.ts';
import { LIMITS } from './limits.ts';
import { ApiProblem } from './problem.ts';

/** Parts that are named in one refusal. */
const NAMED = 20;
/** Keys of one part that are named, and characters of each. */
const MOST_KEYS = 5;
const LONGEST_KEY = 80;

/** Turns what a schema found wrong into a problem that names every part. */
// biome-ignore lint/suspicious/noExplicitAny: the hook is the same for every input there is.
export const refuseInvalid: Hook<any, RequestState, any, any> = (result) => {
  if (result.success) return;
  const errors = result.error.issues.slice(0, NAMED).map((issue) => {
    const at = issue.path.map(String).join('.') || (result.target === 'json' ? 'body' : result.target);
    return { at, message: messageOf(issue) };
  });
  const detail = errors.map(({ at, message }) => `${at}: ${message}`).join('; ');
  throw new ApiProblem('invalid-request', `${detail}.`, { errors });
};

interface Issue {
  readonly code?: string | undefined;
  readonly origin?: unknown;
  readonly maximum?: unknown;
  readonly minimum?: unknown;
  readonly keys?: readonly string[];
  readonly values?: readonly unknown[];
  readonly expected?: unknown;
  readonly message: string;
}

const KINDS: Readonly<Record<string, string>> = {
  array: 'a list',
  boolean: 'true or false',
  int: 'a whole number',
  number: 'a number',
  object: 'an object',
  string: 'text',
};

/** What is wrong with a part, in words of the request instead of the schema. */
function messageOf(issue: Issue): string {
  const { code, origin, expected, message } = issue;
  switch (code) {
    case 'too_big':
      return limit(origin, 'at most', Number(issue.maximum));
    case 'too_small':
      return limit(origin, 'at least', Number(issue.minimum));
    case 'unrecognized_keys':
      return `there is no ${namesOf(issue.keys ?? [])} here`;
    case 'invalid_value':
      return `must be ${(issue.values ?? []).map((value) => JSON.stringify(value)).join(' or ')}`;
    case 'invalid_type':
      if (message.endsWith('received undefined')) return 'is missing';
      // A parameter of an address is a list where it was sent twice.
      if (message.endsWith('expected string, received array')) return 'was sent more than once';
      return `must be ${KINDS[String(expected)] ?? String(expected)}`;
    default:
      return message.charAt(0).toLowerCase() + message.slice(1);
  }
}

/** Those of a whole body would make an answer as long as the body. */
function namesOf(keys: readonly string[]): string {
  const named = keys.slice(0, MOST_KEYS).map((key) => JSON.stringify(key.slice(0, LONGEST_KEY)));
  return keys.length > MOST_KEYS
    ? `${named.join(', ')} and ${(keys.length - MOST_KEYS).toLocaleString('en')} more`
    : named.join(', ');
}

function limit(origin: unknown, bound: string, value: number): string {
  const count = value.toLocaleString('en');
  if (origin === 'array') return `takes ${bound} ${count}`;
  if (origin !== 'string') return `must be ${bound} ${count}`;
  return `takes ${bound} ${count} ${value === 1 ? 'character' : 'characters'}`;
}

/** What Hono reads as JSON, and it refuses the rest in its own words: `application/json`, with whole parameters. */
const JSON_TYPE = /^application\/json(;\s*[a-z0-9-]+=[^;]+)*$/i;

const requireJson: MiddlewareHandler = async (c, next) => {
  const type = c.req.header('content-type') ?? '';
  if (!JSON_TYPE.test(type)) {
    throw new ApiProblem(
      'not-json',
      `The body is ${type === '' ? 'of no named type' : JSON.stringify(type.slice(0, 80))}. Send application/json.`,
    );
  }
  await next();
};

const limitBody = bodyLimit({
  maxSize: LIMITS.bodyBytes,
  onError: () => {
    throw new ApiProblem('too-large', `A body may have ${LIMITS.bodyBytes.toLocaleString('en')} bytes.`);
  },
});

/** For routes that take a body. */
export const acceptJson: MiddlewareHandler[] = [requireJson, limitBody];

/** The methods that there are routes for at a path. */
export function methodsAt({ routes }: Routes, path: string): readonly string[] {
  const methods = routes
    .filter(({ method, path: pattern }) => method !== 'ALL' && patternOf(pattern).test(path))
    .map(({ method }) => method);
  return [...new Set(methods.flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method])))];
}

const patternOf = (path: string): RegExp => new RegExp(`^${path.replace(/:\w+/g, '[^/]+')}$`);
