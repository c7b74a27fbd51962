import { type ErrorCode, OperatorError } from '../../lib/errors.ts';
import { shownUrl, webUrl } from '../../lib/url.ts';
import { type DownloadSource, failed } from '../download-file.ts';

const MOST_REDIRECTS = 5;
const REDIRECTS = [301, 302, 303, 307, 308];

/**
 * Reads a URL of ratings.
 *
 * @param code of the error: where the URL was written.
 * @throws OperatorError when it is not an https URL, or has a user or a password in it.
 */
export function httpsUrl(text: string, code: ErrorCode): URL {
  const url = webUrl(text);
  if (url?.protocol !== 'https:') {
    throw new OperatorError(
      code,
      `${url === null ? 'The URL of the ratings' : shownUrl(url)} is not an https URL.`,
      'Give one such as https://data.example.org/week-01.csv.',
    );
  }
  if (url.username !== '' || url.password !== '') {
    throw new OperatorError(
      code,
      `The URL ${shownUrl(url)} has a user or a password in it, and URLs are written to logs and the ledger.`,
      'Use a URL that needs neither, or put the files into the repository or a release.',
    );
  }
  return url;
}

/** The same source, with redirects to https only. */
export function httpsOnly(source: DownloadSource): DownloadSource {
  return {
    ...source,
    fetch: async (_, init) => {
      let at = source.url;
      for (let redirects = 0; redirects <= MOST_REDIRECTS; redirects++) {
        const response = await source.fetch(at, { ...init, redirect: 'manual' });
        const location = response.headers.get('location');
        if (!REDIRECTS.includes(response.status) || location === null) return response;
        await response.body?.cancel();
        const next = URL.parse(location, at.href);
        if (next?.protocol !== 'https:') {
          const where = next === null ? 'something that is not a URL' : `${next.origin}, which is not https`;
          throw failed(source, `it redirects to ${where}`);
        }
        at = next;
      }
      throw failed(source, `it redirects more than ${MOST_REDIRECTS} times`);
    },
  };
}
