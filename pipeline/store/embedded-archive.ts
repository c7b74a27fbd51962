import { existsSync, readdirSync } from 'node:fs';
import { mkdir, rename, rm, rmdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { OperatorError } from '../lib/errors.ts';
import { claimDirectory } from './directory-claim.ts';
import { openPglite, type Pglite } from './load-pglite.ts';

/** Upper limit of rounds. The log has fewer segments. */
const LOG_ROUNDS = 20;

/**
 * Archives the embedded database as one gzip-compressed tar file, for transfer. The 200,000 ratings of the synthetic
 * data set take 6 MB and a second.
 *
 * @throws OperatorError `store-busy` while a process uses the database, `store-unavailable` when it does not exist or
 * cannot be opened.
 */
export async function archiveEmbedded(directory: string): Promise<Uint8Array> {
  if (isEmpty(directory)) {
    throw new OperatorError(
      'store-unavailable',
      `There is no embedded database in ${directory}.`,
      'First run a command that creates one, or pass the directory of an existing one.',
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
      'Check that the directory is readable and writable, and that there is enough memory for the archive.',
      { cause },
    );
  } finally {
    release();
  }
}

/**
 * Removes old segments of the write-ahead log. PostgreSQL keeps them for reuse with their content, and they would be
 * most of the archive. The last remaining segment may still be an old one, so one more round replaces it by an empty
 * one.
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
 * Restores an archived database into an empty or new directory. It is unpacked and opened in a temporary directory
 * first, so that a failure leaves nothing behind.
 *
 * @throws OperatorError `state-conflict` when the directory is not empty, `artifact-invalid` when the archive is
 * damaged or its database cannot be opened, `store-busy`.
 */
export async function restoreEmbedded(directory: string, archive: Uint8Array): Promise<void> {
  const target = resolve(directory);
  const release = await claimDirectory(target);
  const beside = `${target}.restoring`;
  try {
    if (!isEmpty(target)) {
      throw new OperatorError(
        'state-conflict',
        `${directory} is not empty, and a restored database would replace its content.`,
        'Restore into another directory, or move this one first.',
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
    // Decompressed here, because PGlite ends the process when the file is damaged.
    const files = await promisify(gunzip)(archive);
    if (!hasDatabase(files)) throw new Error('it contains no database');
    const database = await openPglite(directory, new Blob([files]));
    await database.close();
  } catch (cause) {
    throw new OperatorError(
      'artifact-invalid',
      `The archived database (${archive.length} bytes) cannot be restored: ${messageOf(cause)}.`,
      'Download it again, or use the archive of an earlier run.',
      { cause },
    );
  }
}

const BLOCK = 512;

/** Whether a tar archive has the file PG_VERSION, which every PostgreSQL directory has. */
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
