import type postgres from 'postgres';
import { decodeReference } from '../drift/reference.ts';
import type { InteractionKind } from '../model/interactions.ts';
import { RATING_LEVELS } from '../ratings/ratings.ts';
import { rejectsOf } from './erase-mentions.ts';
import { findUser } from './erase-user.ts';
import { selectHistories } from './histories.ts';
import { readIdKind, readNames } from './id-names.ts';
import type { ModelStatus } from './model-status.ts';
import { base64Column } from './packed.ts';
import { selectPlainRatings } from './plain-ratings.ts';
import type { Store } from './store.ts';
import { lastErasureOf, type StoredUser } from './tombstones.ts';

/** The id of a movie, or the name where ids are names. */
type SiteMovie = number | string;

interface KeptRating {
  readonly movie: SiteMovie;
  readonly stars: number;
  readonly ratedAt: Date;
}

/** Everything that a database has of a user. */
export interface UserData {
  /** Whether there is anything. */
  readonly isKnown: boolean;
  /** Ingested ratings. */
  readonly ratings: readonly (KeptRating & {
    readonly batch: number;
    /** `packed`: a model has learned it. `quarantined`: nothing uses it. */
    readonly stored: 'plain' | 'packed' | 'quarantined';
  })[];
  /** Former values of ratings, and the batch that replaced them. */
  readonly revisions: readonly (KeptRating & { readonly batch: number; readonly replacedBy: number })[];
  /** Ratings that were sent to the API; `batch` is null until one has ingested it. */
  readonly feedback: readonly (KeptRating & {
    readonly batch: number | null;
    readonly key: string | null;
  })[];
  readonly interactions: readonly {
    readonly movie: SiteMovie;
    readonly kind: InteractionKind;
    readonly at: Date;
    /** Of `shown`, how often at that time; each showing counts half after every half-life. */
    readonly times: number;
    readonly key: string | null;
  }[];
  readonly rejectedRows: readonly {
    readonly batch: number;
    readonly row: number;
    readonly content: string;
  }[];
  readonly quarantines: readonly {
    readonly reason: string;
    readonly at: Date;
    readonly releasedAt: Date | null;
  }[];
  /** Models with a row for the user, and how many of the user's ratings each was trained on. */
  readonly models: readonly {
    readonly version: number;
    readonly status: ModelStatus;
    readonly ratings: number;
  }[];
  /** The batches that rows of the user came from. */
  readonly sources: readonly { readonly batch: number; readonly source: string }[];
  /** When the user was erased last, and whether later rows are dropped. Null for a user who never was. */
  readonly erasure: { readonly at: Date; readonly isKeptOut: boolean } | null;
}

/**
 * Reads everything that the database has of a user, at one moment.
 *
 * @param sent the id, or the name where ids are names. An unknown user has nothing.
 * @throws OperatorError `store-damaged`.
 */
export function readUserData({ sql }: Pick<Store, 'sql'>, sent: number | string): Promise<UserData> {
  return sql.begin('isolation level repeatable read read only', async (snapshot) => {
    const user = await findUser(snapshot, sent);
    const erasure = await readLastErasure(snapshot, user);
    return { ...(user.id === null ? NOTHING : await readAll(snapshot, { ...user, id: user.id })), erasure };
  }) as Promise<UserData>;
}

const NOTHING: Omit<UserData, 'erasure'> = {
  isKnown: false,
  ratings: [],
  revisions: [],
  feedback: [],
  interactions: [],
  rejectedRows: [],
  quarantines: [],
  models: [],
  sources: [],
};

async function readLastErasure(sql: postgres.ISql, user: StoredUser): Promise<UserData['erasure']> {
  const last = await lastErasureOf(sql, user);
  if (last === null) return null;
  const [erasure] = await sql<{ at: Date }[]>`
    select erased_at as at from erasures where erasure_id = ${last.erasureId}`;
  return { at: (erasure as { at: Date }).at, isKeptOut: last.isKeptOut };
}

async function readAll(
  sql: postgres.TransactionSql,
  user: StoredUser & { readonly id: number },
): Promise<Omit<UserData, 'erasure'>> {
  const own = sql`user_id = ${user.id}`;
  const ratings = await readRatings(sql, user.id);
  const revisions = await sql<(StoredRating & { batchId: number; replacedBy: number })[]>`
    select movie_id, previous_half as half, previous_rated_at as rated_at, previous_batch_id as batch_id,
      batch_id as replaced_by
    from rating_revisions where ${own} order by movie_id, batch_id`;
  const feedback = await sql<(StoredRating & { batch: number | null; key: string | null })[]>`
    select movie_id, half, rated_at, batch_id as batch, name as key
    from feedback left join api_keys using (key_id) where ${own} order by feedback_id`;
  const interactions = await sql<
    { movieId: number; kind: InteractionKind; at: number; times: number; key: string | null }[]
  >`
    select movie_id, kind, at, times::double precision as times, name as key
    from interactions left join api_keys using (key_id) where ${own} order by movie_id, kind`;
  const rejectedRows = await sql<{ batch: number; row: number; content: string }[]>`
    select batch_id as batch, row_number as row, content from rejected_ratings
    where ${rejectsOf(sql, user)} order by batch_id, row_number`;
  const quarantines = await sql<{ reason: string; at: Date; releasedAt: Date | null }[]>`
    select reason, quarantined_at as at, released_at from quarantines
    where kind = 'user' and subject = ${user.id} order by quarantine_id`;
  const models = await readModelsOf(sql, user.id);
  const batchIds = new Set([
    ...ratings.map(({ batch }) => batch),
    ...revisions.flatMap(({ batchId, replacedBy }) => [batchId, replacedBy]),
    ...feedback.flatMap(({ batch }) => (batch === null ? [] : [batch])),
    ...rejectedRows.map(({ batch }) => batch),
  ]);
  const sources = await sql<{ batch: number; source: string }[]>`
    select batch_id as batch, source from ingestion_ledger where batch_id = any(${[...batchIds]}) order by batch_id`;
  const named = await movieNames(
    sql,
    [ratings, revisions, feedback, interactions].flatMap((rows) => rows.map(({ movieId }) => movieId)),
  );
  const rating = ({ movieId, half, ratedAt }: StoredRating): KeptRating => ({
    movie: named(movieId),
    stars: half / 2,
    ratedAt: new Date(1000 * ratedAt),
  });
  const parts = [ratings, revisions, feedback, interactions, rejectedRows, quarantines, models];
  return {
    isKnown: parts.some((rows) => rows.length > 0),
    ratings: ratings.map(({ batch, stored, ...row }) => ({ ...rating(row), batch, stored })),
    revisions: revisions.map(({ batchId, replacedBy, ...row }) => ({
      ...rating(row),
      batch: batchId,
      replacedBy,
    })),
    feedback: feedback.map(({ batch, key, ...row }) => ({ ...rating(row), batch, key })),
    interactions: interactions.map(({ movieId, at, ...row }) => ({
      movie: named(movieId),
      ...row,
      at: new Date(1000 * at),
    })),
    rejectedRows,
    quarantines,
    models,
    sources,
  };
}

interface StoredRating {
  readonly movieId: number;
  readonly half: number;
  /** Seconds since 1970. */
  readonly ratedAt: number;
}

type Stored = UserData['ratings'][number]['stored'];

/** The ingested ratings of a user, by movie. */
async function readRatings(
  sql: postgres.TransactionSql,
  userId: number,
): Promise<readonly (StoredRating & { readonly batch: number; readonly stored: Stored })[]> {
  const users = Int32Array.of(userId);
  const held = await sql<(StoredRating & { batch: number })[]>`
    select movie_id, half, rated_at, batch_id as batch from quarantined_ratings where user_id = ${userId}`;
  const rows = [
    { stored: 'packed', ratings: await selectHistories(sql, users) },
    { stored: 'plain', ratings: await selectPlainRatings(sql, users) },
  ] as const;
  return [
    ...rows.flatMap(({ stored, ratings: { movieIds, halves, ratedAt, batchIds } }) =>
      Array.from(movieIds, (movieId, row) => ({
        movieId,
        half: halves[row] as number,
        ratedAt: ratedAt[row] as number,
        batch: batchIds[row] as number,
        stored,
      })),
    ),
    ...held.map((row) => ({ ...row, stored: 'quarantined' as const })),
  ].sort((a, b) => a.movieId - b.movieId);
}

/** By the references of the models, which have the ratings of each user that a model was trained on. */
async function readModelsOf(sql: postgres.ISql, userId: number): Promise<UserData['models']> {
  const rows = await sql<{ version: number; status: ModelStatus; reference: string }[]>`
    select version, status, ${base64Column(sql, 'reference')}
    from models join model_references on model_version = version order by version`;
  return rows.flatMap(({ version, status, reference }) => {
    const { userIds, userLevels } = decodeReference(Buffer.from(reference, 'base64')).summary;
    const row = userIds.indexOf(userId);
    if (row < 0) return [];
    const levels = userLevels.subarray(row * RATING_LEVELS, (row + 1) * RATING_LEVELS);
    return [{ version, status, ratings: levels.reduce((sum, count) => sum + count, 0) }];
  });
}

async function movieNames(
  sql: postgres.ISql,
  movieIds: readonly number[],
): Promise<(movieId: number) => SiteMovie> {
  if ((await readIdKind(sql)) !== 'text') return (movieId) => movieId;
  const names = await readNames(sql, 'movie', [...new Set(movieIds)]);
  return (movieId) => names.get(movieId) ?? String(movieId);
}
