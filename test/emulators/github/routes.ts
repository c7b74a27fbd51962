import { type Actor, isAllowed } from './actors.ts';
import { type Call, json, type Reply } from './origin.ts';

export interface ApiCall extends Call {
  readonly actor: Actor;
  readonly params: Readonly<Record<string, string>>;
}

export interface Route {
  /** `GET /releases/:id`, below /repos/acme/cinematch. */
  readonly route: string;
  /**
   * As in the header x-accepted-github-permissions: `issues=write; pull_requests=write`. From
   * https://docs.github.com/en/rest/authentication/permissions-required-for-github-apps
   *
   * A public repository can be read without permissions; here, as in a private one, it cannot.
   */
  readonly needs: string;
  /** Whether anyone with an account may, not only those with the permission. */
  readonly anyone?: boolean;
  answer(call: ApiCall): Reply | Promise<Reply>;
}

type Router = (call: Call, actor: Actor) => Reply | Promise<Reply>;

/** Finds the route, and asks for its permissions before anything else. */
export function openRouter(prefix: string, routes: readonly Route[]): Router {
  const compiled = routes.map((route) => {
    const [method = '', path = ''] = route.route.split(' ');
    const pattern = path.replaceAll('.', '\\.').replace(/:([a-z_]+)/g, '(?<$1>[^/]+)');
    return { route, method, pattern: new RegExp(`^${pattern}$`) };
  });
  return (call, actor) => {
    const below = call.path.startsWith(prefix) ? call.path.slice(prefix.length) : null;
    if (below === null) return notFound();
    for (const { route, method, pattern } of compiled) {
      const match = method === call.method ? pattern.exec(below) : null;
      if (match === null) continue;
      if (!(route.anyone === true && actor.kind === 'person') && !isAllowed(actor, route.needs)) {
        return denied(actor, route.needs);
      }
      const params = Object.fromEntries(
        Object.entries(match.groups ?? {}).map(([name, value]) => [name, decodeURIComponent(value)]),
      );
      return answered(() => route.answer({ ...call, actor, params }));
    }
    return json(501, { message: `The emulated GitHub does not know ${call.method} ${call.path}.` });
  };
}

async function answered(answer: () => Reply | Promise<Reply>): Promise<Reply> {
  try {
    return await answer();
  } catch (error) {
    if (error instanceof SyntaxError) return json(400, { message: 'Problems parsing JSON', status: '400' });
    throw error;
  }
}

/** https://docs.github.com/en/rest/using-the-rest-api/troubleshooting-the-rest-api#insufficient-permission-errors */
export function denied(actor: Actor, needs: string): Reply {
  if (actor.kind === 'person') return json(403, { message: 'Must have admin rights to Repository.' });
  return json(
    403,
    {
      message: 'Resource not accessible by integration',
      documentation_url: 'https://docs.github.com/rest',
      status: '403',
    },
    { 'x-accepted-github-permissions': needs },
  );
}

export function notFound(): Reply {
  return json(404, {
    message: 'Not Found',
    documentation_url: 'https://docs.github.com/rest',
    status: '404',
  });
}

interface Problem {
  readonly resource: string;
  readonly code: 'already_exists' | 'missing_field' | 'invalid' | 'custom';
  readonly field?: string;
  readonly message?: string;
}

/** https://docs.github.com/en/rest/using-the-rest-api/troubleshooting-the-rest-api#validation-failed */
export function invalid(...errors: readonly Problem[]): Reply {
  return json(422, {
    message: 'Validation Failed',
    errors,
    documentation_url: 'https://docs.github.com/rest',
    status: '422',
  });
}

export function unprocessable(message: string): Reply {
  return json(422, { message, documentation_url: 'https://docs.github.com/rest', status: '422' });
}

/** @throws SyntaxError where the body is no JSON object. */
export function bodyOf(call: Pick<Call, 'body'>): Readonly<Record<string, unknown>> {
  if (call.body.length === 0) return {};
  const value: unknown = JSON.parse(call.body.toString());
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new SyntaxError('No object.');
  return value as Record<string, unknown>;
}

/** One page of a list, and the Link header that leads to the others. */
export function page<T>(
  call: Pick<Call, 'path' | 'query'>,
  apiUrl: string,
  all: readonly T[],
): { readonly items: readonly T[]; readonly headers: Readonly<Record<string, string>> } {
  const size = within(call.query.get('per_page'), 30, 100);
  const number = within(call.query.get('page'), 1, Number.MAX_SAFE_INTEGER);
  const last = Math.max(1, Math.ceil(all.length / size));
  const link = (to: number, rel: string): string => {
    const query = new URLSearchParams(call.query);
    query.set('page', String(to));
    return `<${apiUrl}${call.path}?${query}>; rel="${rel}"`;
  };
  const links = [
    ...(number > 1 ? [link(number - 1, 'prev'), link(1, 'first')] : []),
    ...(number < last ? [link(number + 1, 'next'), link(last, 'last')] : []),
  ];
  return {
    items: all.slice((number - 1) * size, number * size),
    headers: links.length === 0 ? {} : { link: links.join(', ') },
  };
}

function within(text: string | null, otherwise: number, most: number): number {
  const number = Number.parseInt(text ?? '', 10);
  return Number.isFinite(number) && number > 0 ? Math.min(number, most) : otherwise;
}
