// What the API uses of @hono/node-server. `paths` in tsconfig.json names this file: the declarations of the package use
// types of browsers that are not declared here.

import type { AddressInfo } from 'node:net';

export function serve(
  options: {
    readonly fetch: (request: Request) => Response | Promise<Response>;
    readonly port: number;
    readonly hostname: string;
    /** Of `http.createServer`. */
    readonly serverOptions?: Readonly<Record<string, number>>;
  },
  listening: (address: AddressInfo) => void,
): { on(event: 'error', listener: (error: Error) => void): unknown; close(done: () => void): unknown };
