/** The lock between processes, with real ones. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { acquireLock } from '../../pipeline/lib/process-lock.ts';

const HOLD_LOCK = join(import.meta.dirname, '../support/hold-lock.ts');
const NODE = [process.execPath, '--expose-gc', HOLD_LOCK];
const isLinux = process.platform === 'linux';
const hasNamespaces = isLinux && spawnSync('unshare', ['--pid', '--fork', 'true']).status === 0;

const processes: ChildProcess[] = [];
let folder = '';
beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), 'cinematch-lock-')), 'lock');
});
afterEach(() => {
  for (const child of processes.splice(0)) child.kill('SIGKILL');
  rmSync(join(folder, '..'), { recursive: true, force: true });
});

function start(command: readonly string[]): ChildProcess {
  const [program = '', ...args] = command;
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  processes.push(child);
  return child;
}

/** The output of a process until the text appears. */
async function printed(child: ChildProcess, text: string): Promise<string> {
  let output = '';
  for await (const bytes of child.stdout ?? []) {
    output += bytes;
    if (output.includes(text)) return output;
  }
  throw new Error(`the process ended without "${text}": ${output}`);
}

async function holder(...before: readonly string[]): Promise<ChildProcess> {
  const child = start([...before, ...NODE, folder]);
  await printed(child, 'held');
  return child;
}

async function kill(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}

const acquire = (waitMs = 0) => acquireLock(folder, { waitMs, busy: (who) => new Error(`busy: ${who}`) });

test('a lock that another process holds is refused, and the process is named', async () => {
  const child = await holder();
  await expect(acquire(30)).rejects.toThrow(`busy: process ${child.pid}`);
});

test('the lock of a killed process is free at once', async () => {
  await kill(await holder());
  (await acquire())();
});

test.runIf(isLinux)('a lock is free when its process is dead but still in the process table', async () => {
  // The shell starts the holder and becomes a program that never waits for it, so the holder stays a zombie.
  const parent = start(['sh', '-c', '"$@" & echo pid $!; exec sleep 60', 'sh', ...NODE, folder]);
  const pid = Number(/pid (\d+)/.exec(await printed(parent, 'held'))?.[1]);
  await expect(acquire()).rejects.toThrow(`busy: process ${pid}`);
  process.kill(pid, 'SIGKILL');
  await vi.waitUntil(() => /\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8')), 600_000);
  // Its first thread has ended; the system may still be ending the others.
  (await acquire(600_000))();
  expect(() => process.kill(pid, 0)).not.toThrow();
});

test('a process with the pid of a dead holder does not hold the lock', async () => {
  mkdirSync(folder);
  writeFileSync(join(folder, 'holder'), JSON.stringify({ pid: process.ppid, host: 'here' }));
  (await acquire())();
});

test('many processes that wait for the lock of a killed one acquire it one at a time', async () => {
  await kill(await holder());
  const counter = join(folder, 'counter');
  writeFileSync(counter, '0');
  const children = Array.from({ length: 4 }, () => start([...NODE, folder, counter, '25']));
  const codes = await Promise.all(children.map(async (child) => (await once(child, 'exit'))[0]));
  expect(codes).toEqual([0, 0, 0, 0]);
  expect(readFileSync(counter, 'utf8')).toBe('100');
});

test.runIf(hasNamespaces)('a process of another container that shares the folder is respected', async () => {
  const child = await holder(
    'unshare',
    '--pid',
    '--fork',
    '--kill-child',
    '--uts',
    'sh',
    '-c',
    'hostname other; exec "$@"',
    'sh',
  );
  await expect(acquire()).rejects.toThrow('busy: process 1 on other');
  await kill(child);
  (await acquire(600_000))();
});

test('with an incomplete or damaged holder file, only the name of the holder is unknown', async () => {
  await holder();
  for (const text of ['', '{"pid": 1', 'null', '{"pid": "x"}']) {
    writeFileSync(join(folder, 'holder'), text);
    await expect(acquire()).rejects.toThrow('busy: another process');
  }
});

test('a lock file with foreign content still locks', async () => {
  mkdirSync(folder);
  writeFileSync(join(folder, 'lock'), 'not empty');
  const release = await acquire();
  await expect(acquire()).rejects.toThrow(`busy: process ${process.pid}`);
  release();
});

test('a process can acquire a lock once, and again after it released it', async () => {
  const release = await acquire();
  await expect(acquire()).rejects.toThrow(`busy: process ${process.pid}`);
  release();
  const again = await acquire();
  release();
  await expect(acquire()).rejects.toThrow('busy');
  again();
});

test('a lock file that cannot be opened is named', async () => {
  mkdirSync(join(folder, 'lock'), { recursive: true });
  await expect(acquire()).rejects.toThrow(`The lock file ${join(folder, 'lock')} cannot be used`);
});
