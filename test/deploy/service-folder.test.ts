import { execFile, spawn, spawnSync } from 'node:child_process';
import { chmod, cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { writeServiceFolder } from '../../pipeline/deploy/service-folder.ts';
import { sampleServing } from '../support/sample-serving.ts';

const CHECKOUT = join(import.meta.dirname, '../..');
let root: string;
let folder: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'cinematch-service-'));
  folder = join(root, 'service');
  await writeServiceFolder(CHECKOUT, sampleServing({ version: 2 }), folder);
});
afterAll(() => rm(root, { recursive: true, force: true }));

test('runs from a copy elsewhere, read-only and without packages around it', async () => {
  const copy = join(root, 'elsewhere', 'copy');
  await mkdir(join(root, 'elsewhere'));
  await cp(folder, copy, { recursive: true });
  for (const entry of await readdir(copy, { recursive: true, withFileTypes: true }))
    await chmod(join(entry.parentPath, entry.name), entry.isDirectory() ? 0o555 : 0o444);
  const server = spawn(process.execPath, ['server.mjs'], {
    cwd: copy,
    env: { PORT: '0', HOST: '127.0.0.1', ADDRESS_HEADER: 'x-forwarded-for' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    const lines = createInterface({ input: server.stdout })[Symbol.asyncIterator]();
    const next = async () => JSON.parse((await lines.next()).value ?? 'null');
    const { port } = (await next()) as { port: number };
    const get = (path: string): Promise<Response> => fetch(`http://127.0.0.1:${port}${path}`);
    expect(await (await get('/api/v1/health/ready')).json()).toMatchObject({ modelVersion: 2 });
    expect(await next()).toMatchObject({ route: '/api/v1/health/ready', status: 200 });
    expect((await get('/api/v1/predictions?user=1&movie=7')).status).toBe(200);
    expect(await (await get('/')).text()).toContain('v2');
    expect((await get('/page.js')).headers.get('content-type')).toContain('javascript');
    expect((await get('/nothing')).status).toBe(404);
    const dockerfile = await readFile(join(copy, 'Dockerfile'), 'utf8');
    const [, health = '[]'] = /^HEALTHCHECK CMD (.*)$/m.exec(dockerfile) ?? [];
    const [, ...healthArguments] = JSON.parse(health) as string[];
    await promisify(execFile)(process.execPath, healthArguments, { env: { PORT: String(port) } });
    const ended = new Promise((resolve) => server.once('exit', resolve));
    server.kill('SIGTERM');
    expect(await ended).toBe(0);
  } finally {
    server.kill('SIGKILL');
    for (const entry of await readdir(copy, { recursive: true, withFileTypes: true }))
      await chmod(join(entry.parentPath, entry.name), 0o755);
  }
});

test.each([
  ['a port that is none', { PORT: 'http' }, /PORT is "http"\. *\n +Set it to a number/],
  [
    'an address of another machine',
    { PORT: '0', HOST: '203.0.113.7' },
    /cannot listen on port 0 of 203\.0\.113\.7/,
  ],
])('%s ends it with a sentence and no stack', (_, env, said) => {
  const { status, stderr } = spawnSync(process.execPath, ['server.mjs'], {
    cwd: folder,
    env,
    encoding: 'utf8',
  });
  expect(status).toBe(1);
  expect(stderr).toMatch(said);
  expect(stderr).not.toMatch(/\n +at /);
});

test('the container runs what is there, as another user', async () => {
  const dockerfile = await readFile(join(folder, 'Dockerfile'), 'utf8');
  expect(dockerfile).toMatch(/^USER node$/m);
  const [, command = '[]'] = /^CMD (.*)$/m.exec(dockerfile) ?? [];
  const [node, script] = JSON.parse(command) as [string, string];
  expect(node).toBe('node');
  expect(await readdir(folder)).toContain(script);
});

test('an earlier service is replaced as a whole, and any other folder is left alone', async () => {
  await writeFile(join(folder, 'left-over.txt'), 'x');
  await writeServiceFolder(CHECKOUT, sampleServing({ version: 3 }), folder);
  expect(await readdir(folder)).not.toContain('left-over.txt');
  expect(JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')).version).toBe('0.0.3');
  const other = join(root, 'other');
  await mkdir(other);
  await writeFile(join(other, 'thesis.txt'), 'x');
  await expect(writeServiceFolder(CHECKOUT, sampleServing({ version: 3 }), other)).rejects.toThrow(
    /thesis\.txt/,
  );
  expect(await readdir(other)).toEqual(['thesis.txt']);
});
