import { jobSummary, type SummaryStore, type SummaryVerdict } from '../../reports/job-summary.ts';
import { loginSpan } from '../../reports/login.ts';
import { messageToMarkdown } from '../../reports/message-markdown.ts';

export interface CommandSummary {
  readonly login: string;
  readonly outcome: {
    readonly status: 'done' | 'refused' | 'invalid' | 'ignored';
    /** Markdown: the reply on the issue, or the reason why there is none. */
    readonly text: string;
  };
  readonly store?: SummaryStore;
}

/** The job summary of a command. */
export function commandSummary({ login, outcome, store }: CommandSummary): string {
  const { status, text } = outcome;
  const by = loginSpan(login);
  const verdicts: Readonly<Record<typeof status, SummaryVerdict>> = {
    done: { tone: 'good', text: `The command of ${by} was carried out.` },
    refused: {
      tone: 'good',
      text: `A command of ${by} was refused: commands need write permission.`,
    },
    invalid: { tone: 'attention', text: `Nothing was done for ${by}.` },
    ignored: { tone: 'good', text: `The comment of ${by} is not a command.` },
  };
  return jobSummary({
    verdict: verdicts[status],
    sections: [status === 'refused' ? null : status === 'ignored' ? messageToMarkdown(text) : text],
    ...(store === undefined ? {} : { store }),
  });
}
