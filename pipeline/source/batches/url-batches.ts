import { mkdir } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { sha256 } from '../../lib/digest.ts';
import type { OnProgress } from '../../lib/progress.ts';
import { shownUrl } from '../../lib/url.ts';
import { type DownloadSource, downloadFile, failed, request } from '../download-file.ts';
import type { AvailableBatch, BatchList, FetchedBatch, KnownBatches } from './batch-list.ts';
import { httpsOnly, httpsUrl } from './https-only.ts';

interface DownloadOptions extends Omit<DownloadSource, 'url' | 'remedy'> {
  /** Folder for downloads. An interrupted download is continued from there. */
  readonly directory: string;
  readonly onProgress: OnProgress;
}

/** A limit, because a server may respond with a file for every number. */
const MAX_PER_RUN = 100;
const MAX_NAME_LENGTH = 100;

/** The URL of a numbered file: `{n}`, `{nn}` and `{nnn}` are replaced by the number, padded with zeros. */
function numbered(template: string, number: number): string {
  return template.replaceAll(/\{(n{1,3})\}/g, (_, digits: string) =>
    String(number).padStart(digits.length, '0'),
  );
}

/**
 * Lists the batches at numbered URLs, from 1 to the last before the first missing one. No request is sent for URLs
 * that are in the ledger.
 *
 * @throws OperatorError `config-invalid` when the template gives an invalid URL, `download-failed` when the server
 * responds with neither a file nor 404.
 */
export async function urlBatches(
  template: string,
  known: KnownBatches,
  options: DownloadOptions,
): Promise<BatchList> {
  const batches: AvailableBatch[] = [];
  for (let number = 1, requested = 0; ; number++) {
    const batch = urlBatch(httpsUrl(numbered(template, number), 'config-invalid'), known, options);
    if (!batch.taken) {
      if (requested === MAX_PER_RUN)
        return { batches, note: `stopped after ${MAX_PER_RUN} files; the next run continues` };
      requested++;
      if (!(await batch.exists())) return { batches, note: `number ${number} does not exist yet` };
    }
    batches.push(batch);
  }
}

/** The batch at one URL. */
export function urlBatch(
  url: URL,
  known: KnownBatches,
  { directory, onProgress, ...options }: DownloadOptions,
): AvailableBatch & { exists(): Promise<boolean> } {
  const name = shownUrl(url);
  const source = httpsOnly({ ...options, url, remedy: 'Check the URL and the server, then run it again.' });
  return {
    name,
    taken: known.hasName(name),
    exists: () => exists(source),
    fetch: () => download(source, directory, onProgress),
  };
}

async function exists(source: DownloadSource): Promise<boolean> {
  const statusOf = (method: string): Promise<number> =>
    request(
      source,
      async ({ body, status }) => {
        await body?.cancel();
        return status;
      },
      { method },
    );
  const head = await statusOf('HEAD');
  // Some servers support GET only.
  const status = head === 405 || head === 501 ? await statusOf('GET') : head;
  if (status === 404 || status === 410) return false;
  if (status >= 200 && status < 300) return true;
  throw failed(source, `the server answered ${status}; for a missing file it must answer 404`);
}

async function download(
  source: DownloadSource,
  directory: string,
  onProgress: OnProgress,
): Promise<FetchedBatch> {
  const { url } = source;
  // Each file has its own folder, so that no other file is read as its movies.
  const folder = join(directory, sha256(url.href).slice(0, 16));
  const path = join(folder, posix.basename(url.pathname).slice(-MAX_NAME_LENGTH) || 'ratings');
  await mkdir(folder, { recursive: true });
  await downloadFile(source, path, onProgress);
  return { path, temporary: [folder] };
}
