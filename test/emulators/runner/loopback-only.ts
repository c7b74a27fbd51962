import dgram from 'node:dgram';
import dns from 'node:dns';
import { appendFileSync } from 'node:fs';
import net from 'node:net';

/**
 * Preloaded into every process of a rehearsal (`node --import`): refuses whatever leaves this machine and writes
 * it down in the file that the query of this module's URL names. Every kind of request of Node ends in
 * `Socket.connect`, fetch and TLS included.
 */
const log = new URL(import.meta.url).searchParams.get('log');
const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|::1|::ffff:127(\.\d{1,3}){3}|)$/i;

function refuse(what: string, target: string): Error {
  if (log !== null) appendFileSync(log, `${what} ${target}\n`);
  return Object.assign(new Error(`${what} ${target} would leave this machine, which a rehearsal does not.`), {
    code: 'ECONNREFUSED',
  });
}

const connect = net.Socket.prototype.connect;
net.Socket.prototype.connect = function (this: net.Socket, ...args: unknown[]): net.Socket {
  // net.connect hands its arguments on as one array.
  const [first, second] = (Array.isArray(args[0]) ? args[0] : args) as [unknown, unknown];
  const options = (typeof first === 'object' && first !== null ? first : {}) as {
    path?: string;
    host?: string;
    port?: unknown;
  };
  const host = options.host ?? (typeof second === 'string' ? second : '');
  if (options.path === undefined && !LOOPBACK.test(host.replace(/^\[|\]$/g, ''))) {
    const port = options.port ?? first;
    queueMicrotask(() => this.destroy(refuse('connect', `${host}:${String(port)}`)));
    return this;
  }
  return Reflect.apply(connect, this, args) as net.Socket;
} as typeof connect;

function guardLookup(home: Record<string, unknown>, name: string, answersByPromise: boolean): void {
  const original = home[name] as (...args: unknown[]) => unknown;
  home[name] = (host: string, ...rest: unknown[]): unknown => {
    if (LOOPBACK.test(host)) return original.call(home, host, ...rest);
    const error = refuse(`dns.${name}`, host);
    if (answersByPromise) return Promise.reject(error);
    const callback = rest.at(-1) as (error: Error) => void;
    queueMicrotask(() => callback(error));
    return undefined;
  };
}

for (const name of ['lookup', 'resolve', 'resolve4', 'resolve6', 'resolveAny']) {
  guardLookup(dns as unknown as Record<string, unknown>, name, false);
  guardLookup(dns.promises as unknown as Record<string, unknown>, name, true);
}

const send = dgram.Socket.prototype.send;
dgram.Socket.prototype.send = function (this: dgram.Socket, ...args: unknown[]): void {
  const host = args.slice(1).find((arg) => typeof arg === 'string') as string | undefined;
  if (host !== undefined && !LOOPBACK.test(host)) throw refuse('send', host);
  Reflect.apply(send, this, args);
} as typeof send;
