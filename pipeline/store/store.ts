import type postgres from 'postgres';

/** An open database. The same statements run on both kinds. */
export interface Store {
  readonly sql: postgres.Sql;
  readonly home: 'embedded' | 'postgres';
  /** Its location without secrets: `PGlite in .cinematch/pg`, `db.example.org:5432/cinematch`. */
  readonly description: string;
  /** The megabytes that its hosting service allows in the free plan; null where none is known. */
  readonly planMegabytes: number | null;
  /** Closes the connections after running queries ended. A second call does nothing. */
  close(): Promise<void>;
}
