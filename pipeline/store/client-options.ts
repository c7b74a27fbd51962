import type { Duplex } from 'node:stream';
import postgres from 'postgres';

/** postgres.js takes a socket of the caller's own; its type declarations do not say so. */
export type ClientOptions = postgres.Options<Record<string, never>> & { readonly socket: () => Duplex };

/** What both homes of the store tell postgres.js. */
export const SHARED_OPTIONS = {
  onnotice: () => {},
  // Columns only: keys inside JSON values are left as they are.
  transform: { column: { from: postgres.toCamel, to: postgres.fromCamel } },
  connection: { application_name: 'cinematch' },
} satisfies postgres.Options<Record<string, never>>;
