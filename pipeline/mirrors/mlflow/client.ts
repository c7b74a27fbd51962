import { RequestFailure, sendRequest } from '../../lib/http-request.ts';
import { NO_RETRIES } from '../../lib/retry.ts';
import { webUrl } from '../../lib/url.ts';

/** How to reach a tracking server. */
export interface MlflowServer {
  /** Also with a path, as DagsHub has it; a user name and a password in it are taken out and used. */
  readonly uri: string;
  readonly username?: string | null | undefined;
  readonly password?: string | null | undefined;
  /** Used where there is no user name. */
  readonly token?: string | null | undefined;
}

/** An answer that was no success. Its message names neither the address nor any credential. */
export class MlflowFailure extends Error {
  /** MLflow's own word for it: `RESOURCE_DOES_NOT_EXIST`; empty when the answer was not MLflow's. */
  readonly code: string;

  constructor(message: string, code = '') {
    super(message);
    this.name = 'MlflowFailure';
    this.code = code;
  }
}

export interface MlflowClient {
  /** For messages: host and port. */
  readonly host: string;
  get<T>(path: string, query: Readonly<Record<string, string>>): Promise<T>;
  post<T>(path: string, body: object): Promise<T>;
}

const TIMEOUT_MS = 15_000;
const LONGEST_REASON = 300;

/**
 * A client of MLflow's REST interface, version 2.0. Calls are not repeated: whoever mirrors something finds
 * the next time what is there already.
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
        // A redirected POST would arrive as a GET, and credentials belong to the host that was named.
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
    const content = parse(text);
    if (!ok) {
      const { error_code: code = '', message = '' } = (content ?? {}) as MlflowError;
      const said = `${code} ${message}`
        .replaceAll(/\s+/g, ' ')
        .slice(0, LONGEST_REASON)
        .replace(/[\s.]+$/, '')
        .trim();
      throw new MlflowFailure(`${path}: status ${status}${said === '' ? '' : `, ${said}`}`, code);
    }
    if (content === null) throw new MlflowFailure(`${path}: the answer is not JSON`);
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

function parse(text: string): object | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' ? value : null;
  } catch {
    return null;
  }
}
