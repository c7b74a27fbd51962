import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Call {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

export interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

/** What a server does with a request: it answers, ends the connection, or never answers. */
export type Reaction = Reply | 'cut' | 'hang';

export interface HttpServer {
  /** `127.0.0.1:40123` */
  readonly host: string;
  close(): Promise<void>;
}

export const json = (status: number, value: unknown): Reply => ({
  status,
  headers: { 'content-type': 'application/json; charset=utf-8' },
  body: JSON.stringify(value),
});

const listeners = new Set<() => void>();

/** Calls `listener` when a request is left without an answer, until the function that it returns is called. */
export function onUnanswered(listener: () => void): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

/** An HTTP server on a free port of this machine. */
export async function openHttpServer(react: (call: Call) => Promise<Reaction>): Promise<HttpServer> {
  const server = createServer((request, response) => {
    void answer(react, request, response).catch((error: unknown) => {
      response.writeHead(500).end(`The stand-in failed: ${String(error)}`);
    });
  });
  // Longer than a busy machine lets a client wait between two requests.
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(
  react: (call: Call) => Promise<Reaction>,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const url = new URL(request.url ?? '/', 'http://here');
  const reaction = await react({
    method: request.method ?? 'GET',
    path: decodeURIComponent(url.pathname),
    query: url.searchParams,
    headers: Object.fromEntries(
      Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
    ),
    body: Buffer.concat(chunks),
  });
  if (reaction === 'hang') {
    for (const listener of listeners) listener();
    return;
  }
  if (reaction === 'cut') return void request.socket.destroy();
  response.writeHead(reaction.status, reaction.headers).end(reaction.body);
}
