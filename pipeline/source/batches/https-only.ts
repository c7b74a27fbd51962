import { type ErrorCode, OperatorError } from '../../lib/errors.ts';
import { shownUrl, webUrl } from '../../lib/url.ts';
import { type DownloadSource, failed } from '../download-file.ts';

const MAX_REDIRECTS = 5;
const REDIRECTS = [301, 302, 303, 307, 308];

/**
 * Parses the URL of a ratings file.
 *
 * @param code of the error; it depends on where the URL was given.
 * @throws OperatorError when it is not an https URL, or contains a user name or a password.
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
      `The URL ${shownUrl(url)} contains a user name or a password, and URLs are written to logs and the ledger.`,
      'Use a URL without them, or put the files into the repository or a release.',
    );
  }
  return url;
}

/** The same source, but redirects are followed only to https URLs. */
export function httpsOnly(source: DownloadSource): DownloadSource {
  return {
    ...source,
    fetch: async (_, init) => {
      let at = source.url;
      for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
        const response = await source.fetch(at, { ...init, redirect: 'manual' });
        const location = response.headers.get('location');
        if (!REDIRECTS.includes(response.status) || location === null) return response;
        await response.body?.cancel();
        const next = URL.parse(location, at.href);
        if (next?.protocol !== 'https:') {
          const where = next === null ? 'an invalid URL' : `${next.origin}, which is not https`;
          throw failed(source, `it redirects to ${where}`);
        }
        at = next;
      }
      throw failed(source, `it redirects more than ${MAX_REDIRECTS} times`);
    },
  };
}
