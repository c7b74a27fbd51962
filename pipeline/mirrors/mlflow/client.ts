import { RequestFailure, sendRequest } from '../../lib/http-request.ts';
import { jsonOrNull } from '../../lib/json.ts';
import { NO_RETRIES } from '../../lib/retry.ts';
import { webUrl } from '../../lib/url.ts';

/** How to reach a tracking server. */
export interface MlflowServer {
  /** It may have a path, as with DagsHub. A user name and password in it are used as credentials. */
  readonly uri: string;
  readonly username?: string | null | undefined;
  readonly password?: string | null | undefined;
  /** Used when there is no user name. */
  readonly token?: string | null | undefined;
}

/** A failed request. Its message has neither the URL nor credentials. */
export class MlflowFailure extends Error {
  /** MLflow's error code, such as `RESOURCE_DOES_NOT_EXIST`; empty when the response has none. */
  readonly code: string;

  constructor(message: string, code = '') {
    super(message);
    this.name = 'MlflowFailure';
    this.code = code;
  }
}

export interface MlflowClient {
  /** Host and port, for messages. */
  readonly host: string;
  get<T>(path: string, query: Readonly<Record<string, string>>): Promise<T>;
  post<T>(path: string, body: object): Promise<T>;
}

const TIMEOUT_MS = 15_000;
const MAX_REASON_LENGTH = 300;

/**
 * Opens a client of MLflow's REST API, version 2.0. Calls are not repeated, because the next call of the mirror completes
 * what is missing.
 *
 * @throws MlflowFailure when the URL is invalid.
 */
export function openMlflowClient(server: MlflowServer): MlflowClient {
  const { base, host, authorization } = readServer(server);
  const call = async (method: 'GET' | 'POST', path: string, query: string, body?: object) => {
    const { ok, status, text } = await sendRequest({
      url: `${base}/api/2.0/mlflow/${path}${query}`,
      init: {
        method,
        headers: { 'content-type': 'application/json', ...(authorization && { authorization }) },
        // A redirected POST would become a GET, and credentials must go only to the configured host.
        redirect: 'manual',
        ...(body && { body: JSON.stringify(body) }),
      },
      timeoutMs: TIMEOUT_MS,
      retry: NO_RETRIES,
      isTransient: () => false,
      read: async (response) => ({
        ok: response.ok,
        status: response.status,
        text: await response.text(),
      }),
    }).catch((error: unknown) => {
      throw error instanceof RequestFailure ? new MlflowFailure(`${path}: ${error.message}`) : error;
    });
    const content = jsonOrNull(text);
    if (!ok) {
      const { error_code: code = '', message = '' } = (content ?? {}) as MlflowError;
      const reason = `${code} ${message}`
        .replaceAll(/\s+/g, ' ')
        .slice(0, MAX_REASON_LENGTH)
        .replace(/[\s.]+$/, '')
        .trim();
      throw new MlflowFailure(`${path}: status ${status}${reason === '' ? '' : `, ${reason}`}`, code);
    }
    if (typeof content !== 'object' || content === null)
      throw new MlflowFailure(`${path}: the response is not JSON`);
    return content;
  };
  return {
    host,
    get: async <T>(path: string, query: Readonly<Record<string, string>>) =>
      (await call('GET', path, `?${new URLSearchParams(query)}`)) as T,
    post: async <T>(path: string, body: object) => (await call('POST', path, '', body)) as T,
  };
}

interface MlflowError {
  readonly error_code?: string;
  readonly message?: string;
}

function readServer({ uri, username, password, token }: MlflowServer): {
  readonly base: string;
  readonly host: string;
  readonly authorization: string | null;
} {
  const url = webUrl(uri);
  if (url === null) throw new MlflowFailure('MLFLOW_TRACKING_URI is not an http or https URL');
  const user = username || decodeURIComponent(url.username);
  const secret = password || decodeURIComponent(url.password);
  const authorization =
    user !== ''
      ? `Basic ${Buffer.from(`${user}:${secret}`).toString('base64')}`
      : token
        ? `Bearer ${token}`
        : null;
  return { base: `${url.origin}${url.pathname.replace(/\/+$/, '')}`, host: url.host, authorization };
}
