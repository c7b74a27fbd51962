import type { Duplex } from 'node:stream';
import postgres from 'postgres';

/** postgres.js accepts a custom socket, but its type declarations do not include it. */
export type ClientOptions = postgres.Options<Record<string, never>> & { readonly socket: () => Duplex };

/** Options of postgres.js for both kinds of database. */
export const SHARED_OPTIONS = {
  onnotice: () => {},
  // Columns only: keys inside JSON values are left as they are.
  transform: { column: { from: postgres.toCamel, to: postgres.fromCamel } },
  connection: { application_name: 'cinematch' },
} satisfies postgres.Options<Record<string, never>>;
