import type { EmulatedGithub } from './start-github.ts';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: what GitHub answers is looked at field by field
  readonly body: any;
}

export type Ask = (route: string, body?: unknown) => Promise<Answer>;

/** Asks the API as the holder of a token: `ask('POST /issues', {…})`. No retries, no libraries between. */
export function asker(github: EmulatedGithub, token: string): Ask {
  return async (route, body) => {
    const [method = '', path = ''] = route.split(' ');
    const url = path.startsWith('http') ? path : `${github.apiUrl}/repos/acme/cinematch${path}`;
    const response = await fetch(url, {
      method,
      headers: { authorization: `token ${token}` },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      body: text === '' ? null : JSON.parse(text),
    };
  };
}
