import { OperatorError } from '../lib/errors.ts';
import type { SourceNames } from '../ratings/id-names.ts';
import type { Store } from './store.ts';

/** Bytes of a plain rating with its key, and of its share of the summary. Measured, and rounded up. */
const PLAIN_BYTES = 75;
/** Bytes of a packed rating with its share of the row and the key. Measured, and rounded up. */
const PACKED_BYTES = 6;
/** Bytes of a name with its row and keys, apart from its characters, which are there twice. Measured, and rounded up. */
const NAME_BYTES = 110;
const MEGABYTE = 2 ** 20;

/** What a database takes, and what still fits. */
export interface StoreSize {
  /** The whole database, as its server counts it. */
  readonly bytes: number;
  /** What it may take; null without a limit. */
  readonly limitBytes: number | null;
  /** How many more ratings fit: as new ones, and as part of the training data. Null without a limit. */
  readonly room: { readonly plain: number; readonly packed: number } | null;
  /** Current ratings. */
  readonly ratings: { readonly plain: number; readonly packed: number };
  /** Each table with its indexes, the largest first. */
  readonly tables: readonly { readonly name: string; readonly bytes: number }[];
}

/** @param limitMegabytes the configured limit; null for that of the hosting plan. */
export async function readStoreSize(store: Store, limitMegabytes: number | null): Promise<StoreSize> {
  const [row] = await store.sql<
    (Pick<StoreSize, 'bytes' | 'tables'> & { readonly packed: number; readonly total: number })[]
  >`
    select pg_database_size(current_database())::double precision as bytes,
      (select coalesce(sum(packed), 0)::integer from ingestion_ledger) as packed,
      (select coalesce(sum(ratings), 0)::integer from batch_summaries) as total,
      (select json_agg(json_build_object('name', relname, 'bytes', pg_total_relation_size(oid))
          order by pg_total_relation_size(oid) desc, relname)
       from pg_class
       where relkind = 'r' and relnamespace = current_schema()::regnamespace) as tables`;
  const { bytes = 0, packed = 0, total = 0, tables = [] } = row ?? {};
  const limitBytes = limitOf(store, limitMegabytes);
  const free = limitBytes === null ? null : Math.max(0, limitBytes - bytes);
  return {
    bytes,
    limitBytes,
    room: free === null ? null : { plain: fitting(free, PLAIN_BYTES), packed: fitting(free, PACKED_BYTES) },
    ratings: { plain: total - packed, packed },
    tables,
  };
}

/**
 * Checks that a batch fits into the database before anything of it is stored.
 *
 * @throws OperatorError `store-full`.
 */
export async function requireRoom(
  store: Store,
  batch: {
    readonly source: string;
    readonly ratings: number;
    readonly names?: SourceNames | undefined;
    readonly isPacked: boolean;
  },
  limitMegabytes: number | null,
): Promise<void> {
  if (limitOf(store, limitMegabytes) === null) return;
  const { bytes, limitBytes } = await readStoreSize(store, limitMegabytes);
  const needed = batch.ratings * (batch.isPacked ? PACKED_BYTES : PLAIN_BYTES) + bytesOfNames(batch.names);
  if (bytes + needed <= (limitBytes as number)) return;
  const megabytes = (size: number): string => `${Math.ceil(size / MEGABYTE)} MB`;
  throw new OperatorError(
    'store-full',
    `${batch.source} does not fit into the database (${store.description}): its ${batch.ratings} ratings need about ${megabytes(needed)}, and ${megabytes(bytes)} of ${megabytes(limitBytes as number)} are in use.`,
    'Nothing was stored. Train and promote a model: the ratings that it learned from are then packed. If the last promotion was interrupted, pack them: cinematch data compact. Otherwise use a larger database and set store.limitMegabytes to its size.',
  );
}

/** The most that names need: some may be stored already. */
function bytesOfNames(names: SourceNames | undefined): number {
  if (names === undefined) return 0;
  const bytes = (some: readonly string[]): number =>
    some.reduce((sum, name) => sum + NAME_BYTES + 2 * Buffer.byteLength(name), 0);
  return bytes(names.users) + bytes(names.movies);
}

const limitOf = ({ planMegabytes }: Store, configured: number | null): number | null => {
  const megabytes = configured ?? planMegabytes;
  return megabytes === null ? null : megabytes * MEGABYTE;
};

const fitting = (bytes: number, each: number): number => Math.floor(bytes / each);
