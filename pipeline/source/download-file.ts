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
import { bytesText } from './containers/limits.ts';

/** A file to download. */
export interface DownloadSource {
  readonly url: URL;
  readonly fetch: typeof globalThis.fetch;
  /** What the operator can do when the download fails. */
  readonly remedy: string;
  /** @default the system timer */
  readonly sleep?: RetryPolicy['sleep'];
  /** The download stops when it has more bytes. @default none */
  readonly limitBytes?: number;
}

const PAUSES = [0.25, 0.5, 1, 2];
/** For a small response. */
const TIMEOUT_MS = 60_000;

/** The error of a failed download. */
export function failed({ url, remedy }: DownloadSource, reason: string, cause?: unknown): OperatorError {
  return new OperatorError(
    'download-failed',
    `${shownUrl(url)} could not be downloaded: ${reason}.`,
    remedy,
    {
      cause,
    },
  );
}

/**
 * Requests a small response from the URL of `source`.
 *
 * @throws OperatorError `download-failed` when there is no response.
 */
export function request<T>(
  source: DownloadSource,
  read: HttpRequest<T>['read'],
  init: RequestInit = {},
): Promise<T> {
  const retry = policyOf(source);
  return withDownloadErrors(source, () =>
    sendRequest({ ...source, init, read, timeoutMs: TIMEOUT_MS, retry }),
  );
}

/**
 * Downloads `source` into `file`. When `file` has the beginning of the same version, only the rest is downloaded. The
 * version (ETag or Last-Modified) is stored beside the file. When the server does not support ranges, the download
 * starts again.
 *
 * @throws OperatorError `download-failed`; the downloaded part is kept.
 */
export function downloadFile(
  source: DownloadSource,
  file: string,
  onProgress: OnProgress | undefined,
): Promise<void> {
  const work = () => downloadRest(source, file, onProgress);
  return withDownloadErrors(source, () => withRetries(policyOf(source), work, afterRequestFailure));
}

const policyOf = ({ sleep }: DownloadSource): RetryPolicy => ({ pauses: PAUSES, sleep });

async function withDownloadErrors<T>(source: DownloadSource, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof RequestFailure) throw failed(source, error.message, error.cause);
    // For example, the disk is full.
    if (error instanceof Error && 'syscall' in error) {
      throw failed(source, `it could not be saved (${error.message})`, error);
    }
    throw error;
  }
}

const versionFile = (file: string): string => `${file}.version`;

/** Removes a file of `downloadFile` and its version file. */
export async function removeDownload(file: string): Promise<void> {
  await rm(file, { force: true });
  await rm(versionFile(file), { force: true });
}

async function downloadRest(
  source: DownloadSource,
  file: string,
  onProgress: OnProgress | undefined,
): Promise<void> {
  const version = await readFile(versionFile(file), 'utf8').catch(() => null);
  // Without a version, the rest may belong to another archive.
  const had = version !== null && existsSync(file) ? (await stat(file)).size : 0;
  // Byte ranges match the file only when the transfer is not compressed.
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
  // The file is complete: an earlier run stopped before its verification.
  if (response.status === 416 && had > 0) return void (await response.body?.cancel());
  if (!response.ok || response.body === null) throw failed(source, `the server answered ${response.status}`);

  const from = response.status === 206 ? had : 0;
  const range = response.headers.get('content-range');
  if (from > 0 && !range?.startsWith(`bytes ${from}-`)) {
    throw failed(source, `the bytes from ${from} were requested, but the server sent ${range ?? 'no range'}`);
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
        if (done > (source.limitBytes ?? Number.POSITIVE_INFINITY)) {
          throw failed(source, `it has more than ${bytesText(source.limitBytes ?? 0)}, which is the limit`);
        }
        onProgress?.({ stage: 'downloading', done, total, unit: 'bytes' });
        yield chunk;
      }
    },
    createWriteStream(file, { flags: from > 0 ? 'a' : 'w' }),
  );
}
