import { createRequire } from 'node:module';

/** The part of PGlite that is used here. */
export interface Pglite {
  /** Runs work with exclusive access to the database. */
  runExclusive<T>(work: () => Promise<T>): Promise<T>;
  /** Sends messages of the wire protocol. The response data is valid only during `onRawData`. */
  execProtocolRawStream(
    message: Uint8Array,
    options: { readonly onRawData: (data: Uint8Array) => void },
  ): Promise<void>;
  /** Runs one statement. Only for a database without a postgres.js client. */
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
 * Opens the embedded PostgreSQL in a directory, which is created if necessary.
 *
 * The package is large, so it is loaded only when it is needed. It is loaded by `require`, so that the compiler does not
 * read its type declarations, which use undeclared types of browsers and Emscripten.
 *
 * @param files a tar archive of `dumpDataDir` as the initial content of a new database.
 */
export function openPglite(directory: string, files?: Blob): Promise<Pglite> {
  const require = createRequire(import.meta.url);
  const { PGlite } = require('@electric-sql/pglite') as PgliteModule;
  return PGlite.create({ dataDir: directory, loadDataDir: files });
}
