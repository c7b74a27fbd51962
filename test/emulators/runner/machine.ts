import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';

/** Programs of a runner that talk to other machines. In a rehearsal they do nothing, unless a test lends one. */
const TALKERS = ['gh', 'curl', 'wget', 'ssh', 'scp'];

/** The machine jobs run on: one folder for everything they leave behind, and nothing that leaves the machine. */
export interface Machine {
  readonly folder: string;
  /** What every process finds; nothing of the environment this process was started in. */
  readonly environment: Readonly<Record<string, string>>;
  /** What asked for another machine: `connect api.github.com:443`. */
  attempts(): readonly string[];
  remove(): void;
}

/** @param tools shell scripts by program name, `gh` for instance, that run steps find before all others. */
export function prepareMachine(tools: Readonly<Record<string, string>> = {}): Machine {
  const folder = mkdtempSync(join(tmpdir(), 'cinematch-runner-'));
  const log = join(folder, 'attempts.log');
  const bin = join(folder, 'bin');
  const home = join(folder, 'home');
  for (const path of [bin, home]) mkdirSync(path);
  const refusal = (name: string): string =>
    `echo "${name} $*" >> '${log}'\necho "${name} is not part of the rehearsal" >&2\nexit 127`;
  for (const name of new Set([...TALKERS, ...Object.keys(tools)])) {
    writeFileSync(join(bin, name), `#!/bin/sh\n${tools[name] ?? refusal(name)}\n`);
    chmodSync(join(bin, name), 0o755);
  }
  const compiled = join(folder, 'compiled');
  const known = process.env['NODE_COMPILE_CACHE'];
  if (known && existsSync(known)) copyCompiled(known, compiled);
  const guard = new URL('./loopback-only.ts', import.meta.url);
  guard.searchParams.set('log', log);
  return {
    folder,
    environment: {
      PATH: [bin, dirname(process.execPath), '/usr/local/bin', '/usr/bin', '/bin'].join(':'),
      HOME: home,
      LANG: 'C.UTF-8',
      NODE_OPTIONS: `--import=${guard.href}`,
      // Jobs are many and short: the packages are compiled once for all of them.
      NODE_COMPILE_CACHE: compiled,
      CI: 'true',
      GITHUB_ACTIONS: 'true',
      RUNNER_OS: 'Linux',
      RUNNER_ARCH: 'X64',
      RUNNER_NAME: 'GitHub Actions 1',
      RUNNER_ENVIRONMENT: 'github-hosted',
      RUNNER_TOOL_CACHE: join(folder, 'tools'),
    },
    attempts: () => (existsSync(log) ? readFileSync(log, 'utf8').split('\n').filter(Boolean) : []),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Copies a compile cache that other processes write to meanwhile: a file that they rename or replace is left out. */
function copyCompiled(from: string, to: string): void {
  for (const entry of readdirSync(from, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const source = join(entry.parentPath, entry.name);
    const target = join(to, relative(from, source));
    mkdirSync(dirname(target), { recursive: true });
    try {
      copyFileSync(source, target);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
  }
}
