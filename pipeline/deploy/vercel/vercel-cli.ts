import { spawn } from 'node:child_process';
import type { Masked } from './masked.ts';

/**
 * Vercel's command line, fetched by npx when it is needed: 360 MB that no other command wants. The version is
 * fixed. Some later ones ask the registry for a version of `sandbox` that is not there, and do not install.
 */
export const VERCEL_CLI: readonly string[] = ['npx', '-y', 'vercel@60.1.3'];

/** Longest that the build or the upload may take, in milliseconds. */
const TIMEOUT = 10 * 60_000;
const LAST_LINES = 12;
/**
 * What the command line needs of its surroundings. Everything else, secrets above all, stays here, and so does what
 * an npx or npm that this runs under was told to run.
 */
const PASSED_ON =
  /^(PATH|HOME|TMPDIR|LANG|CI|SystemRoot|NODE_EXTRA_CA_CERTS|npm_config_(registry|cache|userconfig|globalconfig|cafile|strict_ssl|(https_)?proxy|noproxy)|https?_proxy|no_proxy)$/i;

const OF_OUR_OWN = {
  VERCEL_TELEMETRY_DISABLED: '1',
  NO_COLOR: '1',
  // No repository is found there, so nothing is said of the last commit: Vercel turns away authors it does not know.
  GIT_DIR: '.vercel/no-repository',
};

export interface VercelCli {
  /** Builds the function of the folder into `.vercel/output`, without asking Vercel anything. */
  build(): Promise<void>;
  /**
   * Uploads what was built as a production deployment that no domain points to yet.
   *
   * @returns the host of its own address.
   */
  deploy(options: {
    readonly token: string;
    readonly meta: Readonly<Record<string, string>>;
  }): Promise<string>;
}

/** The command line ended badly. The message has its last lines. */
export class CliError extends Error {
  constructor(message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.name = 'CliError';
  }
}

interface CliOptions {
  /** Program and first arguments. @default VERCEL_CLI */
  readonly command?: readonly string[];
  /** The folder that is deployed. */
  readonly directory: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Another address of Vercel's interface than its own. */
  readonly apiUrl?: string | undefined;
  readonly masked: Masked;
  /** How long one command may take. @default ten minutes */
  readonly timeoutMs?: number;
}

export function openVercelCli({
  command = VERCEL_CLI,
  directory,
  environment,
  apiUrl,
  masked,
  timeoutMs = TIMEOUT,
}: CliOptions): VercelCli {
  const passedOn = Object.fromEntries(Object.entries(environment).filter(([name]) => PASSED_ON.test(name)));
  // A folder of its own: the login of whoever works on this machine is none of its business.
  const own = ['--global-config', '.vercel/cli', ...(apiUrl === undefined ? [] : ['--api', apiUrl])];
  const run = (args: readonly string[], extra: Readonly<Record<string, string>> = {}): Promise<string> =>
    runProgram({
      command: [...command, ...args, ...own],
      directory,
      environment: { ...passedOn, ...extra, ...OF_OUR_OWN },
      masked,
      name: `vercel ${args[0]}`,
      timeoutMs,
    });
  return {
    build: async () => {
      // Packages are installed already.
      await run(['build', '--prod', '--yes', '--standalone'], { VERCEL_INSTALL_COMPLETED: '1' });
    },
    deploy: async ({ token, meta }) => {
      const written = Object.entries(meta).flatMap(([name, value]) => ['--meta', `${name}=${value}`]);
      const args = ['deploy', '--prebuilt', '--prod', '--skip-domain', '--yes', ...written];
      const output = await run(args, { VERCEL_TOKEN: token });
      const [url] = output.match(/https?:\/\/[^\s"']+/) ?? [];
      if (url === undefined) throw new CliError('vercel deploy named no address');
      return new URL(url).host;
    },
  };
}

interface Program {
  readonly command: readonly string[];
  readonly directory: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly masked: Masked;
  readonly name: string;
  readonly timeoutMs: number;
}

/** @returns what it printed to its standard output. */
function runProgram({ command, directory, environment, masked, name, timeoutMs }: Program): Promise<string> {
  const [program = '', ...args] = command;
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd: directory,
      env: environment,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    let all = '';
    const failed = (how: string): CliError => {
      const lines = all.trimEnd().split('\n').slice(-LAST_LINES).join('\n');
      return new CliError(masked.hide(lines === '' ? `${name} ${how}` : `${name} ${how}\n${lines}`));
    };
    const timer = setTimeout(() => {
      reject(failed(`was given up after ${Math.round(timeoutMs / 1000)} s`));
      // What npx has started outlives it, and holds on to its outputs.
      child.kill();
      child.stdout.destroy();
      child.stderr.destroy();
    }, timeoutMs);
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      all += text;
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      all += text;
    });
    child.once('error', (cause) => {
      clearTimeout(timer);
      reject(new CliError(`${program} could not be started, ${masked.hide(cause.message)}`, { cause }));
    });
    child.once('close', (code, signal) => {
      clearTimeout(timer);
      if (code === 0) resolve(output);
      else reject(failed(code === null ? `was ended by ${signal}` : `ended with code ${code}`));
    });
  });
}
