import { writeFileSync } from 'node:fs';
import { SHAPE } from './large-serving.ts';
import type { ServerProcess } from './server-process.ts';

export const RECOMMENDATIONS = '/api/v1/recommendations';

/** Every user asks once for their recommendations. */
export const EVERY_USER = Array.from({ length: SHAPE.users }, (_, row) => ({
  path: `${RECOMMENDATIONS}?user=${row + 1}`,
}));

/**
 * The same questions at so many addresses that no answer is kept until its turn comes again: an id may have zeros
 * before it.
 */
export const EVERY_USER_ANEW = ['', '0', '00', '000', '0000', '00000'].flatMap((zeros) =>
  Array.from({ length: SHAPE.users }, (_, row) => ({
    path: `${RECOMMENDATIONS}?user=${zeros}${row + 1}&k=10`,
  })),
);

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
