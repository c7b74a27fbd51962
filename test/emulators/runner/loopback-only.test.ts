import { createServer } from 'node:http';
import { expect, it, onTestFinished } from 'vitest';
import { machine } from './project.ts';
import { runProcess } from './run-process.ts';

it.each([
  ["await fetch('https://api.github.com/zen')", 'connect api.github.com:443'],
  [
    "import net from 'node:net'; await new Promise((_, no) => net.connect(5432, '203.0.113.7').on('error', no))",
    'connect 203.0.113.7:5432',
  ],
  [
    "import tls from 'node:tls'; await new Promise((_, no) => tls.connect({ host: 'example.com', port: 443 }).on('error', no))",
    'connect example.com:443',
  ],
  ["import dns from 'node:dns/promises'; await dns.lookup('example.com')", 'dns.lookup example.com'],
  [
    "import dgram from 'node:dgram'; dgram.createSocket('udp4').send('x', 53, '203.0.113.7')",
    'send 203.0.113.7',
  ],
  [
    "import { Worker } from 'node:worker_threads'; await new Promise((_, no) => new Worker(`fetch('https://example.com').catch((e) => { throw e })`, { eval: true }).on('error', no))",
    'connect example.com:443',
  ],
])('refuses %s and writes it down', async (script, attempt) => {
  const { environment, folder, attempts } = machine();
  const result = await runProcess(process.execPath, ['--input-type=module', '-e', script], {
    cwd: folder,
    env: environment,
    timeoutMs: 600_000,
  });
  expect(result.code).not.toBe(0);
  expect(attempts()).toContain(attempt);
});

it('lets requests to this machine through', async () => {
  const server = createServer((_, response) => response.end('hello'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.close();
  });
  const { port } = server.address() as { port: number };
  const { environment, folder, attempts } = machine();
  const script = `for (const host of ['127.0.0.1', 'localhost']) console.log(await (await fetch('http://' + host + ':${port}')).text())`;
  const result = await runProcess(process.execPath, ['--input-type=module', '-e', script], {
    cwd: folder,
    env: environment,
    timeoutMs: 600_000,
  });
  expect(result.stdout).toBe('hello\nhello\n');
  expect(attempts()).toEqual([]);
});
