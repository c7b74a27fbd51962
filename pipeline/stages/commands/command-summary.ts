import { jobSummary, type SummaryStore, type SummaryVerdict } from '../../reports/job-summary.ts';
import { loginSpan } from '../../reports/login.ts';
import { prose } from '../../reports/message-markdown.ts';

export interface CommandSummary {
  readonly login: string;
  readonly outcome: {
    readonly status: 'done' | 'refused' | 'invalid' | 'ignored';
    /** Markdown: what was answered on the issue, or why nothing was. */
    readonly text: string;
  };
  readonly store?: SummaryStore;
}

/** What became of a comment on an issue. */
export function commandSummary({ login, outcome, store }: CommandSummary): string {
  const { status, text } = outcome;
  const by = loginSpan(login);
  const verdicts: Readonly<Record<typeof status, SummaryVerdict>> = {
    done: { tone: 'good', text: `The command of ${by} was carried out.` },
    refused: {
      tone: 'good',
      text: `A command of ${by} was refused: it counts from people with write permission.`,
    },
    invalid: { tone: 'attention', text: `Nothing was done for ${by}.` },
    ignored: { tone: 'good', text: `The comment of ${by} is no command for the pipeline.` },
  };
  return jobSummary({
    verdict: verdicts[status],
    sections: [status === 'refused' ? null : status === 'ignored' ? prose(text) : text],
    ...(store === undefined ? {} : { store }),
  });
}
