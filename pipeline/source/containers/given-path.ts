import { constants, createReadStream, fstatSync, openSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Socket } from 'node:net';
import { basename, join, posix, resolve } from 'node:path';
import { type Readable, Transform } from 'node:stream';
import { isatty } from 'node:tty';
import { fileURLToPath } from 'node:url';
import type { OnProgress } from '../../lib/progress.ts';
import { httpsOnly, httpsUrl } from '../batches/https-only.ts';
import { downloadFile } from '../download-file.ts';
import { overLimit, refused, type SourceLimits } from './limits.ts';
import { Workspace } from './workspace.ts';

/** A path that can be read again and again, and how messages call it. */
export interface LocalPath {
  readonly path: string;
  readonly shown: string;
}

interface Options {
  readonly limits: SourceLimits;
  readonly onProgress?: OnProgress | undefined;
  /** @default the global fetch */
  readonly fetch?: typeof globalThis.fetch | undefined;
}

/** Whether what a person gave is standard input or a URL, and no path. */
export const isGivenElsewhere = (given: string): boolean =>
  given === '-' || /^[a-z][a-z0-9+.-]*:\/\//i.test(given);

const STANDARD_INPUT = ['-', '/dev/stdin', '/dev/fd/0', '/proc/self/fd/0'];

/**
 * Copies of pipes and downloads of this process. A pipe can be read only once, but a source is read several times: for its
 * digest, its ratings and its text ids. The copies are removed when the process ends.
 */
const copies = new Map<string, Promise<LocalPath>>();

/**
 * The local path of what a person gave: a path, `-` for standard input, a pipe, or an https URL. Pipes and URLs are copied
 * once.
 *
 * @throws OperatorError `source-unreadable` when a pipe exceeds a limit, has nothing or is silent for too long,
 * `input-invalid` for a URL that is not https, `download-failed`.
 */
export async function localPath(given: string, options: Options): Promise<LocalPath> {
  if (STANDARD_INPUT.includes(given)) return copyOnce('-', () => copyOfInput(options));
  if (/^file:\/\//i.test(given)) return localPath(fileURLToPath(given), options);
  if (isGivenElsewhere(given)) {
    return copyOnce(given, () => downloaded(httpsUrl(given, 'input-invalid'), options));
  }
  const path = resolve(given);
  const stats = await stat(path, { bigint: true });
  if (!stats.isFIFO()) return { path, shown: path };
  return copyOnce(`${path} ${stats.ino}`, () => copyOfPipe(path, options));
}

function copyOnce(key: string, copy: () => Promise<LocalPath>): Promise<LocalPath> {
  const made = copies.get(key) ?? copy();
  copies.set(key, made);
  // After a failure the next call tries again.
  made.catch(() => copies.delete(key));
  return made;
}

async function downloaded(
  url: URL,
  { limits, onProgress, fetch = globalThis.fetch }: Options,
): Promise<LocalPath> {
  const workspace = new Workspace(limits);
  const path = join(await workspace.folder(), posix.basename(url.pathname).slice(-100) || 'ratings');
  const remedy = 'Check the URL and the server, then run it again, or download the file and pass its path.';
  const source = httpsOnly({ url, fetch, remedy, limitBytes: limits.unpackedBytes });
  try {
    await downloadFile(source, path, onProgress);
    return { path, shown: `${url.origin}${url.pathname}` };
  } catch (error) {
    await workspace.remove();
    throw error;
  }
}

async function copyOfInput(options: Options): Promise<LocalPath> {
  const shown = 'standard input';
  if (isatty(0)) {
    throw refused(
      shown,
      'nothing is piped into it',
      'Pipe ratings into the command, or pass the path of a file.',
    );
  }
  const stats = fstatSync(0);
  const isStream = stats.isFIFO() || stats.isSocket();
  const from = isStream
    ? new Socket({ fd: 0, readable: true, writable: false })
    : createReadStream('', { fd: 0 });
  return copyOf(from, shown, 'standard-input', options);
}

async function copyOfPipe(path: string, options: Options): Promise<LocalPath> {
  // Without O_NONBLOCK, opening a pipe without a writer would block a thread for ever.
  const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  const from = new Socket({ fd, readable: true, writable: false });
  return copyOf(from, path, basename(path), options);
}

async function copyOf(from: Readable, shown: string, name: string, { limits }: Options): Promise<LocalPath> {
  const workspace = new Workspace(limits);
  const path = join(await workspace.folder(), name);
  const silent = overLimit(
    shown,
    `nothing arrived from it for ${limits.silenceMs / 1000} s, which is the limit`,
    'Check the program that writes into the pipe, or write its output to a file and pass the file.',
  );
  const alarm = setTimeout(() => from.destroy(silent), limits.silenceMs);
  const heard = new Transform({
    transform: (chunk: Buffer, _, done) => {
      alarm.refresh();
      done(null, chunk);
    },
  });
  try {
    await workspace.write(from, [heard], path, { origin: shown, packedBytes: null });
    return { path, shown };
  } catch (error) {
    await workspace.remove();
    throw error;
  } finally {
    clearTimeout(alarm);
    from.destroy();
  }
}
