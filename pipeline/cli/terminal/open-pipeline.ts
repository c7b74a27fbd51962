import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Config } from '../../config.ts';
import { openLocalForge } from '../../forge/open-local-forge.ts';
import { loadConfig } from '../../stages/load-config.ts';
import type { Pipeline } from '../../stages/pipeline.ts';
import { connectStore } from '../../store/connect.ts';
import { migrate } from '../../store/migrate.ts';
import type { Terminal } from './terminal.ts';

/** Where everything local lives: CINEMATCH_HOME, or `.cinematch` in the working directory. */
export function homeDirectory(): string {
  return resolve(process.env['CINEMATCH_HOME'] || '.cinematch');
}

export const clock = (): Date => new Date();

/** What a run of the pipeline on this machine needs besides the environment. */
export interface HomeOptions {
  readonly terminal: Terminal;
  readonly config: Config;
  readonly home?: string;
  /** A Postgres URL, or undefined for the embedded database in the home directory. */
  readonly databaseUrl?: string | undefined;
}

/** Opens store and forge, brings the schema up to date, runs `work`, and closes the store whatever happens. */
export async function withPipeline<T>(
  { terminal, config, home = homeDirectory(), databaseUrl }: HomeOptions,
  work: (pipeline: Pipeline) => Promise<T>,
): Promise<T> {
  await mkdir(home, { recursive: true });
  const store = await connectStore({
    directory: join(home, 'pg'),
    ...(databaseUrl === undefined ? {} : { databaseUrl }),
  });
  try {
    await migrate(store);
    return await work({
      config,
      store,
      forge: openLocalForge(join(home, 'forge'), clock),
      modelDirectory: join(home, 'models'),
      clock,
      onProgress: terminal.onProgress,
    });
  } finally {
    await store.close();
  }
}

/** The pipeline that the environment describes: CINEMATCH_HOME, DATABASE_URL, the configuration file. */
export async function withEnvironmentPipeline<T>(
  terminal: Terminal,
  configFile: string | undefined,
  work: (pipeline: Pipeline) => Promise<T>,
): Promise<T> {
  const config = await loadConfig(configFile);
  return withPipeline({ terminal, config, databaseUrl: process.env['DATABASE_URL'] || undefined }, work);
}
