import { z } from 'zod';
import { OperatorError } from '../../lib/errors.ts';

/**
 * A Markdown file with fields at its head. Between two lines `---` stands one field a line, `name: value`,
 * the value as JSON: that is YAML as other tools read it, and every field has a line to point at.
 */
export interface Document<Fields> {
  readonly fields: Fields;
  /** Markdown, without blank lines at its ends. */
  readonly body: string;
}

const FENCE = '---';

/** A field that holds an instant, ISO 8601 in UTC. */
export const instant = z.iso.datetime().transform((text) => new Date(text));

export function encodeDocument({ fields, body }: Document<Readonly<Record<string, unknown>>>): string {
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${JSON.stringify(value)}`);
  return `${[FENCE, ...lines, FENCE].join('\n')}\n\n${body.trim()}\n`;
}

/**
 * @param place the file, for errors.
 * @throws OperatorError `forge-conflict` that names file, line and problem, for a person may have edited it.
 */
export function decodeDocument<Schema extends z.ZodType>(
  text: string,
  schema: Schema,
  place: string,
): Document<z.infer<Schema>> {
  const lines = text.split(/\r?\n/);
  const end = lines.indexOf(FENCE, 1);
  if (lines[0] !== FENCE || end < 0) {
    throw badFile(place, 1, `the fields must stand between two lines "${FENCE}"`);
  }
  const values: Record<string, unknown> = {};
  const lineOf = new Map<string, number>();
  for (const [index, line] of lines.slice(1, end).entries()) {
    const number = index + 2;
    const [, name, value] = /^(\w+): (.*)$/.exec(line) ?? [];
    if (name === undefined || value === undefined) {
      throw badFile(place, number, `"${line}" is not of the form name: value`);
    }
    values[name] = jsonValue(value, place, number);
    lineOf.set(name, number);
  }
  const result = schema.safeParse(values);
  if (result.success)
    return {
      fields: result.data,
      body: lines
        .slice(end + 1)
        .join('\n')
        .trim(),
    };
  const issue = result.error.issues[0];
  const field = String(issue?.path[0] ?? '');
  throw badFile(place, lineOf.get(field) ?? 1, `${issue?.path.join('.')}: ${issue?.message}`);
}

function jsonValue(text: string, place: string, line: number): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw badFile(place, line, `${text} is not JSON; texts stand in double quotes`, cause);
  }
}

/** For a file of the forge that cannot be read as what it should be. */
export function badFile(place: string, line: number, problem: string, cause?: unknown): OperatorError {
  return new OperatorError(
    'forge-conflict',
    `${place}, line ${line}: ${problem}.`,
    'Correct the line, or put the file back from a copy; its neighbours show how it should look.',
    { cause },
  );
}
