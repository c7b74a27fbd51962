import { type ErrorCode, OperatorError } from '../../lib/errors.ts';

type Fetch = typeof globalThis.fetch;

const MOST_REDIRECTS = 5;
const REDIRECTS = [301, 302, 303, 307, 308];

/** An address as it may be shown and kept: what follows a question mark is often a secret. */
export const shownAddress = (url: URL): string => `${url.origin}${url.pathname}`;

/**
 * Reads an address of ratings.
 *
 * @param code of the error: where the address was written.
 * @throws OperatorError when it is no https address, or names a user or a password.
 */
export function httpsAddress(text: string, code: ErrorCode): URL {
  const url = URL.parse(text);
  if (url === null || url.protocol !== 'https:') {
    throw new OperatorError(
      code,
      `${url === null ? 'The address of the ratings' : shownAddress(url)} is no https address.`,
      'Give one such as https://data.example.org/week-01.csv.',
    );
  }
  if (url.username !== '' || url.password !== '') {
    throw new OperatorError(
      code,
      `The address of ${shownAddress(url)} names a user or a password, and addresses are written to logs and the ledger.`,
      'Use an address that needs neither, or put the files into the repository or a release.',
    );
  }
  return url;
}

/**
 * A fetch that asks for `url`, whatever it is called with, and follows redirects to https only.
 *
 * The caller may so use the address as it may be shown, and no error repeats the secret part.
 */
export function httpsFetch(url: URL, fetch: Fetch): Fetch {
  return async (_, init) => {
    let at = url;
    for (let redirects = 0; redirects <= MOST_REDIRECTS; redirects++) {
      const response = await fetch(at.href, { ...init, redirect: 'manual' });
      const location = response.headers.get('location');
      if (!REDIRECTS.includes(response.status) || location === null) return response;
      await response.body?.cancel();
      const next = URL.parse(location, at.href);
      if (next === null || next.protocol !== 'https:') {
        throw refused(
          url,
          `it redirects to ${next === null ? 'no address' : next.origin}, which is not https`,
        );
      }
      at = next;
    }
    throw refused(url, `it redirects more than ${MOST_REDIRECTS} times`);
  };
}

/** A failure to get ratings from an address, in an operator's words. */
export function refused(url: URL, happened: string): OperatorError {
  return failedDownload(`${shownAddress(url)} could not be downloaded: ${happened}.`);
}

/** Runs work that downloads ratings, and gives its failure a remedy that fits them. */
export async function downloading<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof OperatorError) || error.code !== 'download-failed') throw error;
    throw failedDownload(error.message, error);
  }
}

function failedDownload(message: string, cause?: unknown): OperatorError {
  return new OperatorError(
    'download-failed',
    message,
    'Check the address and the server, then run it again.',
    {
      cause,
    },
  );
}
