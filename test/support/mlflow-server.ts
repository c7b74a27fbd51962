import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePort } from './postgres.ts';

/** The version of MLflow that these tests were written for. */
const VERSION = '3.17.2';
/** Installed once on a machine, outside the repository: it takes almost a minute and 850 MB. */
const VENV = join(homedir(), '.cache', `cinematch-mlflow-${VERSION}`);
const READY = join(VENV, 'ready');
const MINUTES = 60_000;

const run = promisify(execFile);

/**
 * Installs MLflow when CINEMATCH_MLFLOW is 1.
 *
 * @returns why it is not installed, or null when it is.
 */
export async function mlflowMissing(): Promise<string | null> {
  if (existsSync(READY)) return null;
  if (process.env['CINEMATCH_MLFLOW'] !== '1') {
    return `MLflow is not installed in ${VENV}; CINEMATCH_MLFLOW=1 installs it`;
  }
  try {
    await rm(VENV, { recursive: true, force: true });
    await run('python3', ['-m', 'venv', VENV]);
    const pip = join(VENV, 'bin', 'pip');
    await run(pip, ['install', '--quiet', '--disable-pip-version-check', `mlflow==${VERSION}`], {
      timeout: 10 * MINUTES,
    });
    await writeFile(READY, '');
    return null;
  } catch (error) {
    return `MLflow cannot be installed here: ${(error as Error).message.split('\n', 1)[0]}`;
  }
}

export interface MlflowProcess {
  readonly uri: string;
  close(): Promise<void>;
}

/**
 * Starts a tracking server on a free port, with an empty database. It accepts only https URLs as sources of models, so
 * that tests can see both answers.
 */
export async function startMlflow(): Promise<MlflowProcess> {
  const home = await mkdtemp(join(tmpdir(), 'cinematch-mlflow-home-'));
  const port = await freePort();
  const server = spawn(
    join(VENV, 'bin', 'mlflow'),
    [
      'server',
      ...['--host', '127.0.0.1', '--port', String(port), '--workers', '1'],
      ...['--backend-store-uri', `sqlite:///${join(home, 'mlflow.db')}`],
      ...['--default-artifact-root', join(home, 'artifacts')],
    ],
    {
      cwd: home,
      stdio: 'ignore',
      // Its worker is another process, and both must end.
      detached: true,
      env: {
        PATH: process.env['PATH'],
        MLFLOW_ALLOWED_HOST_ADDRESSED_ARTIFACT_SCHEMES: 'https',
        // Its jobs evaluate language models. They would be more processes, half of the time of the start.
        MLFLOW_SERVER_ENABLE_JOB_EXECUTION: 'false',
      },
    },
  );
  const uri = `http://127.0.0.1:${port}`;
  const close = async (): Promise<void> => {
    await stop(server);
    await rm(home, { recursive: true, force: true });
  };
  try {
    await untilHealthy(`${uri}/health`, server);
  } catch (error) {
    await close();
    throw error;
  }
  return { uri, close };
}

async function untilHealthy(url: string, server: ChildProcess): Promise<void> {
  const deadline = Date.now() + 3 * MINUTES;
  while (Date.now() < deadline) {
    if (server.exitCode !== null) throw new Error(`mlflow server ended with ${server.exitCode}`);
    const healthy = await fetch(url).then(
      ({ ok }) => ok,
      () => false,
    );
    if (healthy) return;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  throw new Error('mlflow server did not become healthy');
}

async function stop(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.pid === undefined) return;
  const ended = new Promise((resolve) => server.once('exit', resolve));
  process.kill(-server.pid, 'SIGTERM');
  await ended;
}
