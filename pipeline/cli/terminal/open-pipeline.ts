import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Config } from '../../config.ts';
import { openLocalForge } from '../../forge/open-local-forge.ts';
import { loadConfig } from '../../stages/load-config.ts';
import type { Pipeline } from '../../stages/pipeline.ts';
import { connectStore, connectToRead } from '../../store/connect.ts';
import { migrate } from '../../store/migrate.ts';
import { withStoreErrors } from '../../store/with-store-errors.ts';
import type { Terminal } from './terminal.ts';

/** The folder of all local state: CINEMATCH_HOME, or `.cinematch` in the working directory. */
export function homeDirectory(): string {
  return resolve(process.env['CINEMATCH_HOME'] || '.cinematch');
}

/** A file that is written after each erasure in the embedded database, so that a running server learns of it. */
export const erasuresFile = (): string => join(homeDirectory(), 'erasures-changed');

export const clock = (): Date => new Date();
export const stopwatch = (): number => performance.now();

/** What a pipeline on this machine needs. */
export interface HomeOptions {
  readonly terminal: Terminal;
  readonly config: Config;
  readonly home?: string;
  /** A Postgres URL, or undefined for the embedded database in the home directory. */
  readonly databaseUrl?: string | undefined;
}

/**
 * What a command may do. `read` creates no folder, no database and no table, and changes no row.
 */
type Access = 'read' | 'write';

/**
 * Opens store and forge, runs `work`, and always closes the store. With `write` access, the schema is brought up to
 * date first.
 */
export async function withLocalPipeline<T>(
  { terminal, config, home = homeDirectory(), databaseUrl }: HomeOptions,
  access: Access,
  work: (pipeline: Pipeline) => Promise<T>,
): Promise<T> {
  // Ratings, keys and models are for nobody but this user. A folder that exists keeps its permissions.
  if (access === 'write') await mkdir(home, { recursive: true, mode: 0o700 });
  const connect = access === 'read' ? connectToRead : connectStore;
  const store = await connect({ directory: join(home, 'pg'), databaseUrl });
  try {
    return await withStoreErrors(store, async () => {
      if (access === 'write') await migrate(store);
      return work({
        config,
        store,
        forge: openLocalForge(join(home, 'forge'), clock),
        modelDirectory: join(home, 'models'),
        clock,
        stopwatch,
        onProgress: terminal.onProgress,
      });
    });
  } finally {
    await store.close();
  }
}

/** The pipeline that the environment describes: CINEMATCH_HOME, DATABASE_URL, the configuration file. */
export async function withEnvironmentPipeline<T>(
  terminal: Terminal,
  configFile: string | undefined,
  access: Access,
  work: (pipeline: Pipeline) => Promise<T>,
): Promise<T> {
  const config = await loadConfig(configFile);
  const databaseUrl = process.env['DATABASE_URL'] || undefined;
  return withLocalPipeline({ terminal, config, databaseUrl }, access, work);
}
