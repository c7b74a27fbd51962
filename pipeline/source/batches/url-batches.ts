import { mkdir } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { sha256 } from '../../lib/digest.ts';
import type { OnProgress } from '../../lib/progress.ts';
import { downloadFile, request } from '../download-file.ts';
import { downloading, httpsAddress, httpsFetch, refused, shownAddress } from './https.ts';
import type { FetchedBatch, KnownBatches, Offer, OfferedBatch } from './offer.ts';

interface DownloadOptions {
  /** Folder for what arrives; an interrupted download is found there again. */
  readonly directory: string;
  readonly fetch: typeof globalThis.fetch;
  readonly onProgress: OnProgress;
}

/** A server that answers every number would be asked for ever. */
const MOST_AT_ONCE = 100;
const LONGEST_NAME = 100;

/** The address of a numbered file: `{n}`, `{nn}` and `{nnn}` are the number, padded with zeros. */
function numbered(template: string, number: number): string {
  return template.replaceAll(/\{(n{1,3})\}/g, (_, digits: string) =>
    String(number).padStart(digits.length, '0'),
  );
}

/**
 * The batches behind numbered addresses, from 1 to the first that is not there. Those the ledger has by their
 * address are not asked for.
 *
 * @throws OperatorError `config-invalid` when the template is no address that can be used, `download-failed`
 * when the server answers neither with a file nor with 404.
 */
export async function urlBatches(
  template: string,
  known: KnownBatches,
  options: DownloadOptions,
): Promise<Offer> {
  const batches: OfferedBatch[] = [];
  for (let number = 1, asked = 0; ; number++) {
    const batch = urlBatch(httpsAddress(numbered(template, number), 'config-invalid'), known, options);
    if (!batch.taken) {
      if (asked === MOST_AT_ONCE)
        return { batches, note: `asked for ${MOST_AT_ONCE} only; the next run goes on` };
      asked++;
      if (!(await batch.exists())) return { batches, note: `number ${number} is not there yet` };
    }
    batches.push(batch);
  }
}

/** The batch behind one address. */
export function urlBatch(
  url: URL,
  known: KnownBatches,
  options: DownloadOptions,
): OfferedBatch & { exists(): Promise<boolean> } {
  const name = shownAddress(url);
  const fetch = httpsFetch(url, options.fetch);
  return {
    name,
    taken: known.hasName(name),
    exists: () => downloading(() => exists(url, fetch)),
    fetch: () => downloading(() => download(url, { ...options, fetch })),
  };
}

async function exists(url: URL, fetch: typeof globalThis.fetch): Promise<boolean> {
  const ask = async (method: string): Promise<number> => {
    const response = await request((input, init) => fetch(input, { ...init, method }), shownAddress(url));
    await response.body?.cancel();
    return response.status;
  };
  const head = await ask('HEAD');
  // Some servers know GET only.
  const status = head === 405 || head === 501 ? await ask('GET') : head;
  if (status === 404 || status === 410) return false;
  if (status >= 200 && status < 300) return true;
  throw refused(url, `the server answered ${status}; where no file is yet it should answer 404`);
}

async function download(url: URL, { directory, fetch, onProgress }: DownloadOptions): Promise<FetchedBatch> {
  const shown = shownAddress(url);
  // A folder each, so that nothing beside the file is taken for its movies.
  const folder = join(directory, sha256(url.href).slice(0, 16));
  const path = join(folder, posix.basename(url.pathname).slice(-LONGEST_NAME) || 'ratings');
  await mkdir(folder, { recursive: true });
  await downloadFile(fetch, shown, path, onProgress);
  return { path, temporary: [folder] };
}
