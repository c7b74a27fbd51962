import { writeFileSync } from 'node:fs';
import { SHAPE } from './large-serving.ts';
import type { ServerProcess } from './server-process.ts';

export const RECOMMENDATIONS = '/api/v1/recommendations';

/** Every user asks once for their recommendations. */
export const EVERY_USER = Array.from({ length: SHAPE.users }, (_, row) => ({
  path: `${RECOMMENDATIONS}?user=${row + 1}`,
}));

/** Responses to requests from other origins are not kept, so every list is worked out. */
const FROM_ELSEWHERE = { headers: { origin: 'https://films.example' } };

/** The first users ask, from another origin. */
export const listsOf = (users: number) =>
  EVERY_USER.slice(0, users).map(({ path }) => ({ path, ...FROM_ELSEWHERE }));

export const EVERY_USER_ANEW = listsOf(SHAPE.users);

/** What a bare route answers, whoever asks. */
export interface FixedAnswer {
  readonly headers: Record<string, string>;
  readonly body: string;
}

/** What the API answers to one user. @param kept whether a bare route has a header too. */
export async function oneAnswer(app: ServerProcess, kept: (name: string) => boolean): Promise<FixedAnswer> {
  const response = await fetch(`${app.url}${EVERY_USER[0]?.path}`);
  const headers = [...response.headers].filter(([name]) => kept(name));
  return { headers: Object.fromEntries(headers), body: await response.text() };
}

/** For a server to read. */
export function writeAnswer(path: string, answer: FixedAnswer): string {
  writeFileSync(path, JSON.stringify(answer));
  return path;
}
