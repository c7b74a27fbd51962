import { mkdir } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { sha256 } from '../../lib/digest.ts';
import type { OnProgress } from '../../lib/progress.ts';
import { shownUrl } from '../../lib/url.ts';
import { type DownloadSource, downloadFile, failed, request } from '../download-file.ts';
import { httpsOnly, httpsUrl } from './https-only.ts';
import type { FetchedBatch, KnownBatches, Offer, OfferedBatch } from './offer.ts';

interface DownloadOptions extends Omit<DownloadSource, 'url' | 'remedy'> {
  /** Folder for what arrives; an interrupted download is found there again. */
  readonly directory: string;
  readonly onProgress: OnProgress;
}

/** A server that answers every number would be asked for ever. */
const MOST_AT_ONCE = 100;
const LONGEST_NAME = 100;

/** The URL of a numbered file: `{n}`, `{nn}` and `{nnn}` are the number, padded with zeros. */
function numbered(template: string, number: number): string {
  return template.replaceAll(/\{(n{1,3})\}/g, (_, digits: string) =>
    String(number).padStart(digits.length, '0'),
  );
}

/**
 * The batches behind numbered URLs, from 1 to the first that is not there. Those the ledger has by their URL are
 * not asked for.
 *
 * @throws OperatorError `config-invalid` when the template gives no URL that can be used, `download-failed` when
 * the server answers neither with a file nor with 404.
 */
export async function urlBatches(
  template: string,
  known: KnownBatches,
  options: DownloadOptions,
): Promise<Offer> {
  const batches: OfferedBatch[] = [];
  for (let number = 1, asked = 0; ; number++) {
    const batch = urlBatch(httpsUrl(numbered(template, number), 'config-invalid'), known, options);
    if (!batch.taken) {
      if (asked === MOST_AT_ONCE)
        return { batches, note: `asked for ${MOST_AT_ONCE} only; the next run goes on` };
      asked++;
      if (!(await batch.exists())) return { batches, note: `number ${number} is not there yet` };
    }
    batches.push(batch);
  }
}

/** The batch behind one URL. */
export function urlBatch(
  url: URL,
  known: KnownBatches,
  { directory, onProgress, ...options }: DownloadOptions,
): OfferedBatch & { exists(): Promise<boolean> } {
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
  const ask = (method: string): Promise<number> =>
    request(
      source,
      async ({ body, status }) => {
        await body?.cancel();
        return status;
      },
      { method },
    );
  const head = await ask('HEAD');
  // Some servers know GET only.
  const status = head === 405 || head === 501 ? await ask('GET') : head;
  if (status === 404 || status === 410) return false;
  if (status >= 200 && status < 300) return true;
  throw failed(source, `the server answered ${status}; where no file is yet it should answer 404`);
}

async function download(
  source: DownloadSource,
  directory: string,
  onProgress: OnProgress,
): Promise<FetchedBatch> {
  const { url } = source;
  // A folder each, so that nothing beside the file is taken for its movies.
  const folder = join(directory, sha256(url.href).slice(0, 16));
  const path = join(folder, posix.basename(url.pathname).slice(-LONGEST_NAME) || 'ratings');
  await mkdir(folder, { recursive: true });
  await downloadFile(source, path, onProgress);
  return { path, temporary: [folder] };
}
