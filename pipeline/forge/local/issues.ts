import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { OperatorError } from '../../lib/errors.ts';
import { unlessMissing, writeAtomically } from '../../lib/write-atomically.ts';
import { type Comment, type Issue, type Issues, withMarker } from '../forge.ts';
import type { Exclusive } from './exclusive.ts';
import { decodeDocument, encodeDocument, instant } from './front-matter.ts';
import { nextNumber, numberedPath, numbersIn } from './numbered-files.ts';

const schema = z.strictObject({
  title: z.string(),
  state: z.enum(['open', 'closed']),
  labels: z.array(z.string()),
  createdAt: instant,
  closedAt: instant.nullable(),
});

/** Issues as files `1.md`, `2.md`, …: fields, body, and each comment below a heading with its time. */
export function localIssues(directory: string, clock: () => Date, exclusively: Exclusive): Issues {
  const pathOf = (number: number): string => numberedPath(directory, number);

  const read = async (number: number): Promise<Issue | null> => {
    const location = pathOf(number);
    const text = await unlessMissing(readFile(location, 'utf8'));
    if (text === null) return null;
    const { fields, body } = decodeDocument(text, schema, location);
    return { number, ...fields, ...splitComments(body), location };
  };

  const get = async (number: number): Promise<Issue> => {
    const issue = await read(number);
    if (issue !== null) return issue;
    throw new OperatorError(
      'forge-missing',
      `There is no issue ${number}: ${pathOf(number)} does not exist.`,
      'List the issues: cinematch status.',
    );
  };

  const write = async (issue: Issue): Promise<Issue> => {
    const { number, title, state, labels, createdAt, closedAt, body, comments, location } = issue;
    await writeAtomically(
      location,
      encodeDocument({
        fields: { title, state, labels, createdAt, closedAt },
        body: joinComments(body.trim(), comments),
      }),
    );
    return get(number);
  };

  const list = async (): Promise<readonly Issue[]> => {
    const issues = await Promise.all((await numbersIn(directory)).map(read));
    return issues.filter((issue) => issue !== null);
  };

  const findOpen = async (marker: string): Promise<Issue | null> =>
    (await list()).find(({ state, body }) => state === 'open' && body.includes(marker)) ?? null;

  const withComment = (issue: Issue, body: string): Issue => ({
    ...issue,
    comments: [...issue.comments, { body, createdAt: clock() }],
  });

  return {
    findOpen,
    get,
    list,
    open: ({ marker, title, body, labels }) =>
      exclusively(async () => {
        const existing = await findOpen(marker);
        if (existing !== null) return existing;
        const number = await nextNumber(directory);
        return write({
          number,
          title,
          state: 'open',
          labels,
          createdAt: clock(),
          closedAt: null,
          body: withMarker(marker, body),
          comments: [],
          location: pathOf(number),
        });
      }),
    update: (number, change) => exclusively(async () => write({ ...(await get(number)), ...change })),
    comment: (number, body) =>
      exclusively(async () => {
        const issue = await get(number);
        if (issue.comments.at(-1)?.body !== body.trim()) await write(withComment(issue, body));
      }),
    close: (number, comment) =>
      exclusively(async () => {
        const issue = await get(number);
        if (issue.state === 'closed') return issue;
        return write({ ...withComment(issue, comment), state: 'closed', closedAt: clock() });
      }),
  };
}

/** The line above a comment. Similar lines in a body are escaped with a backslash. */
const HEADING = /^## Comment of (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)$/;
const LOOKS_LIKE_HEADING = /^(?=\\*## Comment of \d)/gm;
const ESCAPED_HEADING = /^\\(?=\\*## Comment of \d)/gm;

function joinComments(body: string, comments: readonly Comment[]): string {
  const escaped = (text: string): string => text.trim().replace(LOOKS_LIKE_HEADING, '\\');
  return [
    escaped(body),
    ...comments.map(
      (comment) => `## Comment of ${comment.createdAt.toISOString()}\n\n${escaped(comment.body)}`,
    ),
  ].join('\n\n');
}

function splitComments(text: string): Pick<Issue, 'body' | 'comments'> {
  const sections: { createdAt: Date | null; lines: string[] }[] = [{ createdAt: null, lines: [] }];
  for (const line of text.split('\n')) {
    const writtenAt = HEADING.exec(line)?.[1];
    const createdAt = writtenAt === undefined ? null : new Date(writtenAt);
    if (createdAt === null || Number.isNaN(createdAt.getTime())) sections.at(-1)?.lines.push(line);
    else sections.push({ createdAt, lines: [] });
  }
  const textOf = (lines: readonly string[]): string => lines.join('\n').trim().replace(ESCAPED_HEADING, '');
  return {
    body: textOf(sections[0]?.lines ?? []),
    comments: sections.flatMap(({ createdAt, lines }) =>
      createdAt === null ? [] : [{ body: textOf(lines), createdAt }],
    ),
  };
}
