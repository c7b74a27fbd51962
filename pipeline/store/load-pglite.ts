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
  close(): Promise<void>;
}

interface PgliteModule {
  readonly PGlite: {
    create(options: { readonly dataDir: string }): Promise<Pglite>;
  };
}

/**
 * Opens the embedded PostgreSQL in a directory, which is created if necessary.
 *
 * The package is large, so it is loaded only when it is needed. It is loaded by `require`, so that the compiler does not
 * read its type declarations, which use undeclared types of browsers and Emscripten.
 */
export function openPglite(directory: string): Promise<Pglite> {
  const require = createRequire(import.meta.url);
  const { PGlite } = require('@electric-sql/pglite') as PgliteModule;
  return PGlite.create({ dataDir: directory });
}
