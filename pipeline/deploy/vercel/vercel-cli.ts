import { spawn } from 'node:child_process';
import type { SecretMask } from './secret-mask.ts';

/**
 * Vercel's CLI. It has 360 MB, so npx downloads it only when it is needed. The version is fixed, because some later ones
 * depend on a missing version of `sandbox` and cannot be installed.
 */
export const VERCEL_CLI: readonly string[] = ['npx', '-y', 'vercel@60.1.3'];

/** Timeout of the build and of the upload, milliseconds. */
const TIMEOUT = 10 * 60_000;
const LAST_LINES = 12;
/**
 * The environment variables that the CLI gets. Others are not passed, mainly secrets and the settings of an npx or npm
 * that runs this process.
 */
const PASSED_VARIABLES =
  /^(PATH|HOME|TMPDIR|LANG|CI|SystemRoot|NODE_EXTRA_CA_CERTS|npm_config_(registry|cache|userconfig|globalconfig|cafile|strict_ssl|(https_)?proxy|noproxy)|https?_proxy|no_proxy)$/i;

const FIXED_VARIABLES = {
  VERCEL_TELEMETRY_DISABLED: '1',
  NO_COLOR: '1',
  // Without a repository, the CLI does not send the author of the last commit. Vercel refuses unknown authors.
  GIT_DIR: '.vercel/no-repository',
};

export interface VercelCli {
  /** Builds the function of the folder into `.vercel/output`, without requests to Vercel. */
  build(): Promise<void>;
  /**
   * Uploads the build as a production deployment without a domain.
   *
   * @returns the host of its URL.
   */
  deploy(options: {
    readonly token: string;
    readonly meta: Readonly<Record<string, string>>;
  }): Promise<string>;
}

/** A failed command of the CLI. The message has its last lines. */
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
  /** URL of another API server. */
  readonly apiUrl?: string | undefined;
  readonly masked: SecretMask;
  /** Timeout of one command. @default ten minutes */
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
  const passedOn = Object.fromEntries(
    Object.entries(environment).filter(([name]) => PASSED_VARIABLES.test(name)),
  );
  // A separate configuration folder, so that a login on this machine is not used.
  const own = ['--global-config', '.vercel/cli', ...(apiUrl === undefined ? [] : ['--api', apiUrl])];
  const run = (args: readonly string[], extra: Readonly<Record<string, string>> = {}): Promise<string> =>
    runProgram({
      command: [...command, ...args, ...own],
      directory,
      environment: { ...passedOn, ...extra, ...FIXED_VARIABLES },
      masked,
      name: `vercel ${args[0]}`,
      timeoutMs,
    });
  return {
    build: async () => {
      // The packages are already installed.
      await run(['build', '--prod', '--yes', '--standalone'], { VERCEL_INSTALL_COMPLETED: '1' });
    },
    deploy: async ({ token, meta }) => {
      const written = Object.entries(meta).flatMap(([name, value]) => ['--meta', `${name}=${value}`]);
      const args = ['deploy', '--prebuilt', '--prod', '--skip-domain', '--yes', ...written];
      const output = await run(args, { VERCEL_TOKEN: token });
      const [url] = output.match(/https?:\/\/[^\s"']+/) ?? [];
      if (url === undefined) throw new CliError('vercel deploy printed no URL');
      return new URL(url).host;
    },
  };
}

interface Program {
  readonly command: readonly string[];
  readonly directory: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly masked: SecretMask;
  readonly name: string;
  readonly timeoutMs: number;
}

/** @returns its standard output. */
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
      reject(failed(`was stopped after ${Math.round(timeoutMs / 1000)} s`));
      // Child processes of npx continue and keep its output streams open.
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
      else reject(failed(code === null ? `was ended by ${signal}` : `failed with exit code ${code}`));
    });
  });
}
