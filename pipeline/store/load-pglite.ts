import { createRequire } from 'node:module';

/** The part of PGlite that is used here. */
export interface Pglite {
  /** Runs work while nobody else talks to the database. */
  runExclusive<T>(work: () => Promise<T>): Promise<T>;
  /** Hands over messages of the wire protocol; the answers are valid during `onRawData` only. */
  execProtocolRawStream(
    message: Uint8Array,
    options: { readonly onRawData: (data: Uint8Array) => void },
  ): Promise<void>;
  /** Runs one statement. For an open database that postgres.js does not talk to. */
  query<Row>(statement: string): Promise<{ readonly rows: readonly Row[] }>;
  /** All files of the database as a tar archive. */
  dumpDataDir(compression: 'none'): Promise<Blob>;
  close(): Promise<void>;
}

interface PgliteModule {
  readonly PGlite: {
    create(options: { readonly dataDir: string; readonly loadDataDir?: Blob | undefined }): Promise<Pglite>;
  };
}

/**
 * Opens the embedded PostgreSQL in a directory, which it creates when it is not there.
 *
 * It is loaded when it is needed, for it is large. And it is loaded by `require`, so that the compiler does
 * not read its type declarations: they name types of browsers and of Emscripten that are not declared here.
 *
 * @param files a tar archive of `dumpDataDir` to begin with, where the directory has no database.
 */
export function openPglite(directory: string, files?: Blob): Promise<Pglite> {
  const require = createRequire(import.meta.url);
  const { PGlite } = require('@electric-sql/pglite') as PgliteModule;
  return PGlite.create({ dataDir: directory, loadDataDir: files });
}
