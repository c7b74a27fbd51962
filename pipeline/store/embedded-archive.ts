import { existsSync, readdirSync } from 'node:fs';
import { mkdir, rename, rm, rmdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { OperatorError } from '../lib/errors.ts';
import { claimDirectory } from './directory-claim.ts';
import { openPglite, type Pglite } from './load-pglite.ts';

/** More than the log has segments; a bound should one stay. */
const LOG_ROUNDS = 20;

/**
 * The embedded database as one file, so that it can travel: a tar archive of its directory under gzip. The
 * 200,000 ratings of the invented data set take 6 MB and a second.
 *
 * @throws OperatorError `store-busy` while anybody has the database open, `store-unavailable` when there is
 * none or it cannot be opened.
 */
export async function archiveEmbedded(directory: string): Promise<Uint8Array> {
  if (isEmpty(directory)) {
    throw new OperatorError(
      'store-unavailable',
      `There is no embedded database in ${directory}.`,
      'Run a command that makes one first, or name the directory that has it.',
    );
  }
  const release = await claimDirectory(directory);
  try {
    const database = await openPglite(directory);
    try {
      await trimLog(database);
      const files = await database.dumpDataDir('none');
      return await promisify(gzip)(await files.arrayBuffer());
    } finally {
      await database.close();
    }
  } catch (cause) {
    throw new OperatorError(
      'store-unavailable',
      `The embedded database in ${directory} cannot be archived: ${messageOf(cause)}.`,
      'Check that the directory can be read and written and that memory suffices: the archive is made there.',
      { cause },
    );
  } finally {
    release();
  }
}

/**
 * Lets go of what the write-ahead log no longer needs. PostgreSQL keeps old segments for later use with all
 * that is in them, and they would be most of the archive. Once a single one is left it may still be such a
 * segment; the one after it is new and empty.
 */
async function trimLog(database: Pglite): Promise<void> {
  await database.query('set wal_recycle = off');
  for (let round = 0, segments = 0; round < LOG_ROUNDS; round++) {
    const isLast = segments === 1;
    await database.query('select pg_switch_wal()');
    await database.query('checkpoint');
    if (isLast) return;
    const { rows } = await database.query<{ segments: number }>(
      'select count(*)::integer as segments from pg_ls_waldir()',
    );
    segments = rows[0]?.segments ?? 0;
  }
}

/**
 * Brings an archived database into a directory that is empty or not there. It is unpacked and opened beside
 * it first, so that it appears whole or not at all.
 *
 * @throws OperatorError `state-conflict` when the directory holds anything, `artifact-invalid` when the
 * archive is damaged or holds no database that opens, `store-busy`.
 */
export async function restoreEmbedded(directory: string, archive: Uint8Array): Promise<void> {
  const target = resolve(directory);
  const release = await claimDirectory(target);
  const beside = `${target}.restoring`;
  try {
    if (!isEmpty(target)) {
      throw new OperatorError(
        'state-conflict',
        `${directory} is not empty, and a restored database would replace what it holds.`,
        'Restore into another directory, or move this one away first.',
      );
    }
    await rm(beside, { recursive: true, force: true });
    await mkdir(beside, { recursive: true });
    await unpack(archive, beside);
    await rmdir(target);
    await rename(beside, target);
  } finally {
    await rm(beside, { recursive: true, force: true });
    release();
  }
}

async function unpack(archive: Uint8Array, directory: string): Promise<void> {
  try {
    // Unpacked here: PGlite's own unpacking of a damaged file ends the process.
    const files = await promisify(gunzip)(archive);
    if (!hasDatabase(files)) throw new Error('it holds no database');
    const database = await openPglite(directory, new Blob([files]));
    await database.close();
  } catch (cause) {
    throw new OperatorError(
      'artifact-invalid',
      `The archived database (${archive.length} bytes) cannot be restored: ${messageOf(cause)}.`,
      'Download it again, or take the one of an earlier run.',
      { cause },
    );
  }
}

const BLOCK = 512;

/** Whether a tar archive has the file that every PostgreSQL directory begins with. */
function hasDatabase(tar: Buffer): boolean {
  for (let at = 0; at + BLOCK <= tar.length; ) {
    const text = (from: number, to: number): string =>
      tar.toString('latin1', at + from, at + to).replace(/\0.*$/s, '');
    if (/^(\.?\/)?PG_VERSION$/.test(text(0, 100))) return true;
    const size = Number.parseInt(text(124, 136).trim() || '0', 8);
    if (!(size >= 0)) return false;
    at += BLOCK * (1 + Math.ceil(size / BLOCK));
  }
  return false;
}

function isEmpty(directory: string): boolean {
  return !existsSync(directory) || readdirSync(directory).length === 0;
}

const messageOf = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause));
