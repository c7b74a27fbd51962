import { fork } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { RunSite } from './sites.ts';

const FUNCTION = '.vercel/output/functions/api/index.func/';
const PROCESS = join(import.meta.dirname, 'function-process.ts');

/** Lays the uploaded function out away from the repository, and runs it there as Vercel does. */
export const runFunction: RunSite = async (files) => {
  const folder = await mkdtemp(join(tmpdir(), 'cinematch-function-'));
  for (const [path, bytes] of files) {
    if (!path.startsWith(FUNCTION)) continue;
    const location = join(folder, path.slice(FUNCTION.length));
    await mkdir(dirname(location), { recursive: true });
    await writeFile(location, bytes);
  }
  const config = files.get(`${FUNCTION}.vc-config.json`);
  const { handler } = JSON.parse(String(config)) as { handler: string };
  const child = fork(PROCESS, [`/${handler.replace(/\.js$/, '')}`], {
    cwd: folder,
    env: { PATH: process.env['PATH'], VERCEL: '1', VERCEL_ENV: 'production' },
    execArgv: [],
    silent: true,
  });
  let said = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    said += chunk;
  });
  // The log of the function; somebody has to read it.
  child.stdout?.resume();
  const port = await new Promise<number>((resolve, reject) => {
    child.once('message', (message) => resolve(message as number));
    child.once('exit', (code) => reject(new Error(`The function ended with ${code}: ${said}`)));
  });
  return {
    answer: async ({ method, path, query, headers, body }) => {
      const { host: _, 'content-length': __, connection: ___, ...passed } = headers;
      const response = await fetch(
        `http://127.0.0.1:${port}${encodeURI(path)}${query.size === 0 ? '' : `?${query}`}`,
        {
          method,
          headers: passed,
          redirect: 'manual',
          ...(body.length === 0 ? {} : { body: new Uint8Array(body) }),
        },
      );
      const text = await response.text();
      return { status: response.status, headers: Object.fromEntries(response.headers), body: text };
    },
    close: async () => {
      child.removeAllListeners('exit');
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill();
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
};
