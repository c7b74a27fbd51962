import { oneLine } from '../lib/escape.ts';
import { jobSummary, type NextStep } from './job-summary.ts';
import { details, paragraphs } from './markdown.ts';
import { codeSpan, messageToMarkdown } from './message-markdown.ts';
import { documentation, rerunCommand, type SummaryRun } from './run-links.ts';

/** Why an action failed. */
export interface FailureSummary {
  readonly action: string;
  /** Null for a bug, whose `message` is its stack. */
  readonly code: string | null;
  readonly message: string;
  readonly remedy: string | null;
  readonly run?: SummaryRun;
}

const LONGEST_STACK = 20_000;

/** The cause of a failure, then the remedy. */
export function failureSummary({ action, code, message, remedy, run }: FailureSummary): string {
  if (code === null) return bugSummary(action, message, run);
  return jobSummary({
    verdict: { tone: 'bad', text: `${action} failed: \`${code}\`` },
    sections: [
      messageToMarkdown(message),
      remedy === null ? null : paragraphs(['**What to do**', messageToMarkdown(remedy)]),
    ],
    next: [
      ...again(run),
      {
        text: `\`docs/operations.md\` explains \`${code}\``,
        url: documentation(run, `operations.md#${code}`),
      },
    ],
  });
}

function bugSummary(action: string, stack: string, run: SummaryRun): string {
  const [first = ''] = stack.split('\n');
  return jobSummary({
    verdict: { tone: 'bad', text: `${action} failed because of a bug` },
    sections: [
      codeSpan(first, 400),
      'This is a bug in CineMatch, and no setting fixes it. Data that was stored before is unchanged, and the step can be repeated.',
      details('The stack trace, for a bug report', codeBlock(stack.slice(0, LONGEST_STACK))),
    ],
    next: again(run),
  });
}

/** Text as a block of code, fenced longer than any row of backticks in it. */
function codeBlock(text: string): string {
  const longest = Math.max(2, ...(text.match(/`+/g) ?? []).map(({ length }) => length));
  const fence = '`'.repeat(longest + 1);
  const lines = text
    .split(/\r\n?|\n/)
    .map((line) => line.replace(/\t/g, '  '))
    .map((line) => indented(line));
  return `${fence}text\n${lines.join('\n')}\n${fence}`;
}

/** A line with its indentation, and without control characters. */
function indented(line: string): string {
  const indent = /^ */.exec(line)?.[0] ?? '';
  return `${indent}${oneLine(line, 2_000)}`;
}

function again(run: SummaryRun): readonly NextStep[] {
  const command = rerunCommand(run);
  return command === null ? [] : [{ text: 'Then run the failed jobs again', command }];
}
