import autocannon, { type Request } from 'autocannon';
import { quantile } from 'simple-statistics';
import { seededRandom, shuffle } from '../../../pipeline/lib/random.ts';
import type { ServerProcess } from './server-process.ts';

/** Connections that ask at the same time, each for the next answer as soon as it has one. */
export const CONNECTIONS = 10;

export interface Load {
  /** Every connection sends all of them in an order of its own, again and again. */
  readonly requests: readonly Request[];
  readonly seconds: number;
  /** @default as many as there can be */
  readonly requestsPerSecond?: number;
}

export interface Measured {
  readonly requestsPerSecond: number;
  /** How long the server's threads worked for one request, microseconds. */
  readonly worked: number;
  /** Milliseconds from a request to its answer: half of them, and 99 of 100, took no longer. */
  readonly p50: number;
  readonly p99: number;
}

/** Asks a server again and again. @throws Error when not every answer is one of 2xx. */
export async function measure(
  server: ServerProcess,
  { requests, seconds, requestsPerSecond }: Load,
): Promise<Measured> {
  const random = seededRandom(1);
  const before = await server.worked();
  const waits: number[] = [];
  const { non2xx, errors, duration } = await new Promise<autocannon.Result>((resolve, reject) => {
    const run = autocannon(
      {
        url: server.url,
        connections: CONNECTIONS,
        duration: seconds,
        setupClient: (client) => client.setRequests(shuffle(random, structuredClone([...requests]))),
        ...(requestsPerSecond === undefined ? {} : { overallRate: Math.round(requestsPerSecond) }),
      },
      (error, result) => (error ? reject(error) : resolve(result)),
    );
    run.on('response', (_client, _status, _bytes, milliseconds) => waits.push(milliseconds));
  });
  if (non2xx + errors > 0) throw new Error(`${non2xx} answers were refusals, ${errors} requests failed`);
  return {
    requestsPerSecond: waits.length / duration,
    worked: ((await server.worked()) - before) / waits.length,
    p50: quantile(waits, 0.5),
    p99: quantile(waits, 0.99),
  };
}
