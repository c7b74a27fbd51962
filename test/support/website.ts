import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

export type Answer =
  | { readonly body: string }
  | { readonly status: number; readonly headers?: Readonly<Record<string, string>> };

export interface Website {
  /** `HEAD /week-01.csv` for each request, in order. */
  readonly requests: string[];
  /** Answers by path with query; other paths get 404. */
  readonly answers: Record<string, Answer>;
  /** Sends requests for any https host to the site, over plain HTTP on this machine. */
  readonly fetch: typeof globalThis.fetch;
}

/** A site over real HTTP with these answers. Closed when the test ends. */
export async function websiteWith(answers: Record<string, Answer> = {}): Promise<Website> {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url}`);
    const answer = answers[request.url ?? ''] ?? { status: 404 };
    if ('status' in answer) return void response.writeHead(answer.status, answer.headers).end();
    response.writeHead(200, { 'content-length': Buffer.byteLength(answer.body) });
    response.end(request.method === 'HEAD' ? undefined : answer.body);
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  return {
    requests,
    answers,
    fetch: (input, init) => {
      const url = new URL(String(input));
      return globalThis.fetch(`http://127.0.0.1:${port}${url.pathname}${url.search}`, init);
    },
  };
}
