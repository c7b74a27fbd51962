import { createWriteStream, existsSync } from 'node:fs';
import { readFile, rm, stat, writeFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';
import { OperatorError } from '../lib/errors.ts';
import { afterRequestFailure, type HttpRequest, RequestFailure, sendRequest } from '../lib/http-request.ts';
import type { OnProgress } from '../lib/progress.ts';
import { NO_RETRIES, type RetryPolicy, withRetries } from '../lib/retry.ts';
import { shownUrl } from '../lib/url.ts';

/** Where a file is downloaded from. */
export interface DownloadSource {
  readonly url: URL;
  readonly fetch: typeof globalThis.fetch;
  /** What an operator can do when it fails. */
  readonly remedy: string;
  /** @default with the system's timer */
  readonly sleep?: RetryPolicy['sleep'];
}

const PAUSES = [0.25, 0.5, 1, 2];
/** For a response that has no large body. */
const TIMEOUT_MS = 60_000;

/** A failed download, in an operator's words. */
export function failed({ url, remedy }: DownloadSource, happened: string, cause?: unknown): OperatorError {
  return new OperatorError(
    'download-failed',
    `${shownUrl(url)} could not be downloaded: ${happened}.`,
    remedy,
    {
      cause,
    },
  );
}

/**
 * Asks for something small that stands behind the URL of `source`.
 *
 * @throws OperatorError `download-failed` when there is no response.
 */
export function request<T>(
  source: DownloadSource,
  read: HttpRequest<T>['read'],
  init: RequestInit = {},
): Promise<T> {
  const retry = policyOf(source);
  return inWords(source, () => sendRequest({ ...source, init, read, timeoutMs: TIMEOUT_MS, retry }));
}

/**
 * Downloads `source` into `file`, or the rest of it when `file` holds the beginning of the same version. The
 * version (ETag or Last-Modified) of what has arrived is kept beside it. A server that cannot continue begins
 * anew.
 *
 * @throws OperatorError `download-failed`; what has arrived is kept.
 */
export function downloadFile(
  source: DownloadSource,
  file: string,
  onProgress: OnProgress | undefined,
): Promise<void> {
  const work = () => downloadRest(source, file, onProgress);
  return inWords(source, () => withRetries(policyOf(source), work, afterRequestFailure));
}

const policyOf = ({ sleep }: DownloadSource): RetryPolicy => ({ pauses: PAUSES, sleep });

async function inWords<T>(source: DownloadSource, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof RequestFailure) throw failed(source, error.message, error.cause);
    // A full disk, for instance.
    if (error instanceof Error && 'syscall' in error) {
      throw failed(source, `it could not be saved (${error.message})`, error);
    }
    throw error;
  }
}

const versionFile = (file: string): string => `${file}.version`;

/** Removes a file of `downloadFile` and what is known of it. */
export async function forget(file: string): Promise<void> {
  await rm(file, { force: true });
  await rm(versionFile(file), { force: true });
}

async function downloadRest(
  source: DownloadSource,
  file: string,
  onProgress: OnProgress | undefined,
): Promise<void> {
  const version = await readFile(versionFile(file), 'utf8').catch(() => null);
  // Without a version nothing tells whether the rest belongs to the same archive.
  const had = version !== null && existsSync(file) ? (await stat(file)).size : 0;
  // Byte ranges count the bytes of the file only while it travels uncompressed.
  const headers: Record<string, string> = { 'accept-encoding': 'identity' };
  if (had > 0 && version !== null) Object.assign(headers, { range: `bytes=${had}-`, 'if-range': version });
  await sendRequest({
    ...source,
    init: { headers },
    retry: NO_RETRIES,
    read: (response) => save(source, response, { file, had, onProgress }),
  });
}

async function save(
  source: DownloadSource,
  response: Response,
  {
    file,
    had,
    onProgress,
  }: { readonly file: string; readonly had: number; readonly onProgress: OnProgress | undefined },
): Promise<void> {
  // The whole file is there already: it was cut off between its last byte and its verification.
  if (response.status === 416 && had > 0) return void (await response.body?.cancel());
  if (!response.ok || response.body === null) throw failed(source, `the server answered ${response.status}`);

  const from = response.status === 206 ? had : 0;
  const range = response.headers.get('content-range');
  if (from > 0 && !range?.startsWith(`bytes ${from}-`)) {
    throw failed(source, `asked for the bytes from ${from}, the server sent ${range ?? 'no range'}`);
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
