import type postgres from 'postgres';

/** An open database. The same statements run on both homes. */
export interface Store {
  readonly sql: postgres.Sql;
  readonly home: 'embedded' | 'postgres';
  /** Where it is, fit to be shown: `PGlite in .cinematch/pg`, `db.example.org:5432/cinematch`. */
  readonly description: string;
  /** Ends connections after running queries have ended. A second call does nothing. */
  close(): Promise<void>;
}
