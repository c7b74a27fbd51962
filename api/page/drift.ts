import { html, type Markup } from '../../pipeline/reports/html.ts';
import { formatCount } from '../../pipeline/reports/numbers.ts';
import { formatEffect, SIGNAL_LABELS } from '../../pipeline/reports/signal-numbers.ts';
import { raisedSignals } from '../../pipeline/reports/signal-order.ts';
import type { PageData } from './page-data.ts';
import { badgeOf, dataTable, emptyState, when } from './parts.ts';
import { TEXT } from './text.ts';

const { drift: WORDS, empty } = TEXT;
const SHOWN = 30;

/** The part about drift: every check, newest first. */
export function driftPart({ history }: PageData): { readonly title: string; readonly body: Markup } {
  if (history === null) return { title: empty.noHistory.title, body: emptyState(empty.noHistory) };
  const { checks } = history;
  if (checks.length === 0) return { title: empty.noCheck.title, body: emptyState(empty.noCheck) };
  const found = checks.filter(({ verdict }) => verdict === 'drift').length;
  return {
    title: WORDS.title(checks.length, found),
    body: html`${dataTable(
      WORDS.checks,
      'llllrl',
      WORDS.checkHeader,
      checks
        .slice(-SHOWN)
        .toReversed()
        .map((check) => {
          const [strongest] = raisedSignals(check);
          return [
            html`<a href="/drift?check=${check.checkId}">${check.checkId}</a>`,
            when(check.at),
            badgeOf(check.verdict),
            `v${check.modelVersion}`,
            formatCount(check.bufferRatings),
            strongest === undefined
              ? ''
              : `${SIGNAL_LABELS[strongest.name]}, ${strongest.window}: ${formatEffect(strongest)}`,
          ];
        }),
    )}`,
  };
}
