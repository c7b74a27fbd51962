import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Fault, Faults } from './faults.ts';

/** github.com is several servers: a token is for the first two only. */
export type OriginName = 'api' | 'uploads' | 'storage' | 'results';

export interface Call {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer;
}

export interface LoggedRequest {
  readonly origin: OriginName;
  readonly method: string;
  /** With the query, signatures left out. */
  readonly path: string;
  /** A login, `nobody` without a token, `unknown` with a token nobody gave. */
  readonly who: string;
  /** Null when the connection was cut before an answer. */
  readonly status: number | null;
}

export interface Traffic {
  readonly requests: LoggedRequest[];
  readonly faults: Faults;
}

export interface Origin {
  readonly url: string;
  close(): Promise<void>;
}

interface OriginOptions {
  readonly name: OriginName;
  readonly traffic: Traffic;
  who(call: Call): string;
  answer(call: Call): Reply | Promise<Reply>;
  /** What a request leaves behind that was cut off or failed on the server's side. */
  broken?(call: Call): void;
}

export function json(status: number, value: unknown, headers: Readonly<Record<string, string>> = {}): Reply {
  return {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
    body: Buffer.from(JSON.stringify(value)),
  };
}

/** One HTTP server on a free port of this machine; every request is written down and may be disturbed. */
export async function openOrigin(options: OriginOptions): Promise<Origin> {
  const server = createServer((request, response) => {
    void serve(options, request, response).catch((error: unknown) => {
      send(response, json(500, { message: `The emulated GitHub failed: ${String(error)}` }));
    });
  });
  // Longer than a busy machine lets a client wait between two requests.
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port.');
  return {
    url: `http://127.0.0.1:${address.port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function serve(
  { name, traffic, who, answer, broken }: OriginOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://here');
  const chunks: Buffer[] = [];
  let complete = true;
  try {
    for await (const chunk of request) chunks.push(chunk as Buffer);
  } catch {
    complete = false;
  }
  const { method = 'GET', headers } = request;
  const call: Call = {
    method,
    path: url.pathname,
    query: url.searchParams,
    headers,
    body: Buffer.concat(chunks),
  };
  const log = (status: number | null): void => {
    traffic.requests[at] = { ...entry, status };
  };
  const entry = { origin: name, method, path: withoutSignature(url), who: who(call), status: null };
  const at = traffic.requests.push(entry) - 1;
  const fault = traffic.faults.strike(entry);
  if (!complete || fault?.kind === 'cut-before') {
    broken?.(call);
    request.socket.destroy();
    return;
  }
  if (fault?.kind === 'server-error') broken?.(call);
  const reply = refusal(fault) ?? (await answer(call));
  if (fault?.kind === 'cut-after') {
    request.socket.destroy();
    return;
  }
  log(reply.status);
  send(response, reply, fault?.kind === 'truncate');
}

function withoutSignature(url: URL): string {
  const query = new URLSearchParams(url.searchParams);
  query.delete('sig');
  return query.size === 0 ? url.pathname : `${url.pathname}?${query}`;
}

/**
 * As GitHub refuses. Rate limits: https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api
 */
function refusal(fault: Fault | null): Reply | null {
  const wait = fault?.retryAfterSeconds ?? 0;
  switch (fault?.kind) {
    case 'secondary-limit':
      return json(
        403,
        {
          message:
            'You have exceeded a secondary rate limit. Please wait a few minutes before you try again.',
          documentation_url:
            'https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api#about-secondary-rate-limits',
        },
        { 'retry-after': String(wait) },
      );
    case 'rate-limit-429':
      return json(
        429,
        {
          message: 'API rate limit exceeded for installation ID 1.',
          documentation_url:
            'https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api#primary-rate-limit-for-github_token-in-github-actions',
        },
        {
          'x-ratelimit-limit': '1000',
          'x-ratelimit-remaining': '0',
          // Whole seconds, and already over when nobody is to wait.
          'x-ratelimit-reset': String(Math.floor(Date.now() / 1000) - 1 + wait),
          'x-ratelimit-resource': 'core',
        },
      );
    case 'server-error':
      return json(502, { message: 'Server Error' });
    default:
      return null;
  }
}

function send(response: ServerResponse, reply: Reply, truncated = false): void {
  const body = reply.body ?? Buffer.alloc(0);
  const bodyless = reply.status === 204 || reply.status === 304;
  response.writeHead(reply.status, {
    'x-github-request-id': 'EMULATED',
    ...reply.headers,
    ...(bodyless ? {} : { 'content-length': String(body.length) }),
  });
  if (!truncated) response.end(body);
  else response.write(body.subarray(0, body.length >> 1), () => response.socket?.destroy());
}
