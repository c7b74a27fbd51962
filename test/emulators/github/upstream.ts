import { createSign, generateKeyPair } from 'node:crypto';
import { promisify } from 'node:util';
import { createEmulator } from 'emulate';
import { OWNER, REPO, SERVER_URL } from './names.ts';
import { type Call, json, type Reply } from './origin.ts';

const APP_ID = 15368;
const INSTALLATION_ID = 1;

/** The `emulate` package's GitHub: issues, comments, labels, pull requests, check runs, git objects, and tokens. */
export interface Upstream {
  /** Of the one who may do everything. */
  readonly ownerToken: string;
  /** Asks it as the holder of a token, and gives its answer as github.com would word it. */
  forward(token: string, call: Pick<Call, 'method' | 'path' | 'query' | 'body'>): Promise<Reply>;
  /** The same with values instead of bytes. @throws Error unless it answers 2xx. */
  ask<T>(token: string, method: string, path: string, body?: unknown): Promise<T>;
  /** A token of github-actions[bot] with these permissions and no other. */
  mint(permissions: Readonly<Record<string, string>>): Promise<string>;
  close(): Promise<void>;
}

interface UpstreamOptions {
  /** What the answers call the API. */
  readonly apiUrl: string;
  readonly private: boolean;
  /** Login by token. */
  readonly people: ReadonlyMap<string, string>;
  readonly ownerToken: string;
  readonly grantable: readonly string[];
}

export async function openUpstream(options: UpstreamOptions): Promise<Upstream> {
  const privateKey = await appKey();
  const permissions = Object.fromEntries(options.grantable.map((name) => [name, 'write']));
  const installations = [{ installation_id: INSTALLATION_ID, account: OWNER, permissions }];
  const emulator = await createEmulator({
    service: 'github',
    port: 0,
    seed: {
      tokens: Object.fromEntries([...options.people].map(([token, login]) => [token, { login }])),
      github: {
        users: [...options.people.values()].map((login) => ({ login })),
        repos: [{ owner: OWNER, name: REPO, private: options.private }],
        apps: [
          {
            app_id: APP_ID,
            // Its bot is then called github-actions[bot].
            slug: 'github-actions',
            name: 'GitHub Actions',
            private_key: privateKey,
            permissions,
            installations,
          },
        ],
      },
    },
  });
  // It names itself localhost and listens on the IPv4 loopback.
  const address = emulator.url.replace('localhost', '127.0.0.1');

  const forward: Upstream['forward'] = async (token, { method, path, query, body }) => {
    const response = await fetch(`${address}${path}${query.size === 0 ? '' : `?${query}`}`, {
      method,
      // A connection of its own: one that is kept may be closed just when it is used again.
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', connection: 'close' },
      ...(method === 'GET' || body.length === 0 ? {} : { body: new Uint8Array(body) }),
    });
    const text = await response.text();
    const link = response.headers.get('link');
    const headers = link === null ? {} : { link: link.replaceAll(address, options.apiUrl) };
    if (text === '') return { status: response.status, headers };
    const named = text.replaceAll(emulator.url, options.apiUrl);
    return json(response.status, asOnGithub(named, options.apiUrl), headers);
  };

  const ask: Upstream['ask'] = async <T>(token: string, method: string, path: string, body?: unknown) => {
    const [pathname = '', query = ''] = path.split('?');
    const reply = await forward(token, {
      method,
      path: pathname,
      query: new URLSearchParams(query),
      body: Buffer.from(body === undefined ? '' : JSON.stringify(body)),
    });
    const text = reply.body?.toString() ?? 'null';
    if (reply.status >= 300) throw new Error(`${method} ${path}: ${reply.status} ${text}`);
    return JSON.parse(text) as T;
  };

  return {
    ownerToken: options.ownerToken,
    forward,
    ask,
    mint: async (granted) => {
      const path = `/app/installations/${INSTALLATION_ID}/access_tokens`;
      const { token } = await ask<{ token: string }>(appToken(privateKey), 'POST', path, {
        permissions: granted,
      });
      return token;
    },
    close: () => emulator.close(),
  };
}

/** GitHub's times have whole seconds, and its pages are on another host than its API. */
function asOnGithub(text: string, apiUrl: string): unknown {
  return JSON.parse(text, (key, value: unknown) => {
    if (typeof value !== 'string') return value;
    if (key.endsWith('_at')) return value.replace(/\.\d{3}Z$/, 'Z');
    return key === 'html_url' ? value.replace(apiUrl, SERVER_URL) : value;
  });
}

let key: Promise<string> | undefined;

/** One key a process: making one takes longer than everything else here. */
function appKey(): Promise<string> {
  key ??= promisify(generateKeyPair)('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
    publicKeyEncoding: { type: 'pkcs1', format: 'pem' },
  }).then(({ privateKey }) => privateKey);
  return key;
}

function appToken(privateKey: string): string {
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const signed = `${part({ alg: 'RS256', typ: 'JWT' })}.${part({ iss: APP_ID })}`;
  return `${signed}.${createSign('RSA-SHA256').update(signed).sign(privateKey, 'base64url')}`;
}
