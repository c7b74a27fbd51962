import type { Hook } from '@hono/zod-openapi';
import type { MiddlewareHandler } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import type { RequestState, Routes } from './api.ts';
import { LIMITS } from './limits.ts';
import { ApiProblem } from './problem.ts';

/** Parts that are named in one refusal. */
const NAMED = 20;

/** Turns what a schema found wrong into a problem that names every part. */
// biome-ignore lint/suspicious/noExplicitAny: the hook is the same for every input there is.
export const refuseInvalid: Hook<any, RequestState, any, any> = (result) => {
  if (result.success) return;
  const errors = result.error.issues.slice(0, NAMED).map((issue) => {
    const at = issue.path.map(String).join('.') || result.target;
    return { at, message: messageOf(issue) };
  });
  const detail = errors.map(({ at, message }) => `${at}: ${message}`).join('; ');
  throw new ApiProblem('invalid-request', `${detail}.`, { errors });
};

interface Issue {
  readonly code?: string | undefined;
  readonly origin?: unknown;
  readonly maximum?: unknown;
  readonly message: string;
}

/** Says which limit it was where a list is too long. */
function messageOf({ code, origin, maximum, message }: Issue): string {
  if (code === 'too_big' && origin === 'array')
    return `takes at most ${Number(maximum).toLocaleString('en')}`;
  return message.charAt(0).toLowerCase() + message.slice(1);
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
