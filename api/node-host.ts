import { readdir } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { serveStatic } from '@hono/node-server/serve-static';
import type { Context } from 'hono';
import type { Routes } from './api.ts';

// What Node does for the app where Vercel does not: both servers, `serve` and the service of a folder, use it.

/** The address that a request came from. Node has it beside the request. */
export function socketAddress({ env }: Context): string {
  const { incoming } = env as { readonly incoming?: IncomingMessage };
  return incoming?.socket.remoteAddress ?? 'unknown';
}

/** Serves the files of a folder, which Vercel publishes beside the function. */
export async function publishFiles(app: Routes, folder: string): Promise<void> {
  // One route for each file: the log names the last route that matches.
  for (const name of await readdir(folder)) app.get(`/${name}`, serveStatic({ root: folder }));
}
