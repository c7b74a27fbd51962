import { z } from 'zod';
import { OperatorError } from '../../lib/errors.ts';

/**
 * A Markdown file with front matter: lines `name: value` between two lines `---`, with values as JSON. This is also valid
 * YAML, and an error message can name the line of a field.
 */
export interface Document<Fields> {
  readonly fields: Fields;
  /** Markdown, without blank lines at its ends. */
  readonly body: string;
}

const FENCE = '---';

/** A time in ISO 8601, UTC. */
export const instant = z.iso.datetime().transform((text) => new Date(text));

export function encodeDocument({ fields, body }: Document<Readonly<Record<string, unknown>>>): string {
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${JSON.stringify(value)}`);
  return `${[FENCE, ...lines, FENCE].join('\n')}\n\n${body.trim()}\n`;
}

/**
 * @param place path of the file, for errors.
 * @throws OperatorError `forge-conflict` that names the file, line and problem.
 */
export function decodeDocument<Schema extends z.ZodType>(
  text: string,
  schema: Schema,
  place: string,
): Document<z.infer<Schema>> {
  const lines = text.split(/\r?\n/);
  const end = lines.indexOf(FENCE, 1);
  if (lines[0] !== FENCE || end < 0) {
    throw badFile(place, 1, `the fields must be between two lines "${FENCE}"`);
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
    throw badFile(place, line, `${text} is not JSON; texts need double quotes`, cause);
  }
}

/** The error of an invalid file of the local forge. */
export function badFile(place: string, line: number, problem: string, cause?: unknown): OperatorError {
  return new OperatorError(
    'forge-conflict',
    `${place}, line ${line}: ${problem}.`,
    'Correct the line, or restore the file from a copy. Other files of the folder show the format.',
    { cause },
  );
}
