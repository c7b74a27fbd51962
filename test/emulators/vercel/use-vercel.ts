import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DeployTarget } from '../../../pipeline/deploy/target.ts';
import type { Time } from '../../../pipeline/deploy/vercel/time.ts';
import type { VercelCli } from '../../../pipeline/deploy/vercel/vercel-cli.ts';
import { type VercelOptions, vercelTarget } from '../../../pipeline/deploy/vercel/vercel-target.ts';
import { onUnanswered } from './http-server.ts';
import { type VercelOptions as Emulated, type EmulatedVercel, startVercel } from './start-vercel.ts';
import { buildStub, deployStub } from './stub-steps.ts';

/** A target passes on little of its environment; the folder of compiled code is given here, so that it starts fast. */
const STUB_CLI = [
  'env',
  `NODE_COMPILE_CACHE=${process.env['NODE_COMPILE_CACHE'] ?? ''}`,
  process.execPath,
  join(import.meta.dirname, 'stub-cli.ts'),
];

/** What the stand-in of the command line can get wrong. */
export type StubFault =
  | `${'build' | 'deploy'}-${'fails' | 'is-killed'}`
  | `build-${'makes-nothing' | 'forgets-the-model' | 'damages-the-model' | 'makes-it-huge'}`
  | 'deploy-names-no-address';

export interface VercelHome {
  readonly vercel: EmulatedVercel;
  /** What was told to be a secret. */
  readonly secrets: ReadonlySet<string>;
  /** The folder that is deployed. */
  readonly directory: string;
  /** Seconds waited so far; none of them were. */
  seconds(): number;
  /** @param options `asProcess` starts the stub of the CLI as a process, as `fault` does. */
  target(
    options?: Partial<VercelOptions> & { readonly fault?: StubFault; readonly asProcess?: boolean },
  ): DeployTarget;
  close(): Promise<void>;
}

/**
 * A `fetch` whose time is over as soon as the server has decided not to answer. A short time limit would also end
 * requests that a busy machine answers late.
 */
export const impatientFetch: typeof fetch = async (input, init) => {
  const limit = new AbortController();
  const forget = onUnanswered(() => limit.abort(new DOMException('It took too long.', 'TimeoutError')));
  try {
    return await fetch(input, { ...init, signal: limit.signal });
  } finally {
    forget();
  }
};

/** The stub of the CLI without processes, which are most of the time of a deployment. */
const stubOf = ({ apiUrl }: EmulatedVercel, directory: string): VercelCli => ({
  build: () => buildStub(directory),
  deploy: (options) => deployStub({ ...options, directory, apiUrl, target: 'production', isStaged: true }),
});

/** Vercel, and targets for it whose waiting takes no time. */
export async function openVercelHome(options: Pick<Emulated, 'run'> = {}): Promise<VercelHome> {
  let elapsed = 0;
  const time: Time = {
    now: () => elapsed,
    sleep: async (milliseconds) => {
      elapsed += milliseconds;
    },
  };
  const vercel = await startVercel({ ...options, now: time.now });
  const directory = await mkdtemp(join(tmpdir(), 'cinematch-vercel-'));
  const secrets = new Set<string>();
  return {
    vercel,
    secrets,
    directory,
    seconds: () => elapsed / 1000,
    target: ({ fault, asProcess = fault !== undefined, ...changes } = {}) =>
      vercelTarget({
        token: vercel.token,
        teamId: null,
        project: vercel.project,
        directory,
        environment: process.env,
        time,
        onSecret: (secret) => secrets.add(secret),
        apiUrl: vercel.apiUrl,
        command: [...STUB_CLI, ...(fault === undefined ? [] : [`--fault=${fault}`])],
        ...(asProcess || changes.command !== undefined ? {} : { cli: stubOf(vercel, directory) }),
        ...changes,
      }),
    close: async () => {
      await vercel.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
