import { createWriteStream, existsSync } from 'node:fs';
import { readFile, rm, stat, writeFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';
import { OperatorError } from '../lib/errors.ts';
import type { OnProgress } from '../lib/progress.ts';

/** A connection that breaks is taken up again at once, so often. */
const ATTEMPTS = 5;

/** A failed download in an operator's words. */
export function failed(url: string, happened: string, cause?: unknown): OperatorError {
  return new OperatorError(
    'download-failed',
    `${url} could not be downloaded: ${happened}.`,
    'Run it again to continue where it stopped, or download and unpack the archive by hand and give its ' +
      'folder with --data DIR.',
    { cause },
  );
}

/** What went wrong with a connection, out of the error `fetch` hides it in. */
function connectionProblem(error: unknown): string {
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  if (!(cause instanceof Error)) return String(cause);
  const code = 'code' in cause ? String(cause.code) : '';
  return `the connection failed (${[code, cause.message].filter((part) => part !== '').join(': ')})`;
}

/** Asks for `url`; an answer of any status is an answer. */
export async function request(
  fetch: typeof globalThis.fetch,
  url: string,
  headers: Record<string, string> = {},
): Promise<Response> {
  try {
    // Byte ranges count the bytes of the file only while it travels uncompressed.
    return await fetch(url, { headers: { 'accept-encoding': 'identity', ...headers } });
  } catch (error) {
    if (error instanceof OperatorError) throw error;
    throw failed(url, connectionProblem(error), error);
  }
}

/**
 * Downloads `url` into `file`, or the rest of it when `file` holds the beginning of the same version. The
 * version (ETag or Last-Modified) of what has arrived is kept beside it. A server that cannot continue begins
 * anew.
 *
 * @throws OperatorError `download-failed`; what has arrived is kept.
 */
export async function downloadFile(
  fetch: typeof globalThis.fetch,
  url: string,
  file: string,
  onProgress: OnProgress | undefined,
): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await downloadRest(fetch, url, file, onProgress);
    } catch (error) {
      if (error instanceof OperatorError) throw error;
      if (attempt === ATTEMPTS) throw failed(url, connectionProblem(error), error);
    }
  }
}

const versionFile = (file: string): string => `${file}.version`;

/** Removes a file of `downloadFile` and what is known of it. */
export async function forget(file: string): Promise<void> {
  await rm(file, { force: true });
  await rm(versionFile(file), { force: true });
}

async function downloadRest(
  fetch: typeof globalThis.fetch,
  url: string,
  file: string,
  onProgress: OnProgress | undefined,
): Promise<void> {
  const version = await readFile(versionFile(file), 'utf8').catch(() => null);
  // Without a version nothing tells whether the rest belongs to the same archive.
  const had = version !== null && existsSync(file) ? (await stat(file)).size : 0;
  const headers = had > 0 && version !== null ? { range: `bytes=${had}-`, 'if-range': version } : {};
  const response = await request(fetch, url, headers);
  // The whole file is there already: it was cut off between its last byte and its verification.
  if (response.status === 416 && had > 0) return void (await response.body?.cancel());
  if (!response.ok || response.body === null) throw failed(url, `the server answered ${response.status}`);

  const from = response.status === 206 ? had : 0;
  const range = response.headers.get('content-range');
  if (from > 0 && !range?.startsWith(`bytes ${from}-`)) {
    throw failed(url, `asked for the bytes from ${from}, the server sent ${range ?? 'no range'}`);
  }
  const etag = response.headers.get('etag');
  const strongVersion =
    etag !== null && !etag.startsWith('W/') ? etag : response.headers.get('last-modified');
  if (strongVersion === null) await rm(versionFile(file), { force: true });
  else await writeFile(versionFile(file), strongVersion);

  const length = Number(response.headers.get('content-length') ?? Number.NaN);
  const total = Number.isNaN(length) ? null : from + length;
  let done = from;
  await pipeline(
    Readable.fromWeb(response.body as ReadableStream<Uint8Array>),
    async function* (chunks: AsyncIterable<Uint8Array>) {
      for await (const chunk of chunks) {
        done += chunk.length;
        onProgress?.({ stage: 'downloading', done, total, unit: 'bytes' });
        yield chunk;
      }
    },
    createWriteStream(file, { flags: from > 0 ? 'a' : 'w' }),
  );
}
