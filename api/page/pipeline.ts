import { oneLine } from '../../pipeline/lib/escape.ts';
import { html, type Markup } from '../../pipeline/reports/html.ts';
import { formatCount, formatSeconds } from '../../pipeline/reports/numbers.ts';
import type { PageData } from './page-data.ts';
import { dataTable, emptyState, when } from './parts.ts';
import { TEXT } from './text.ts';

const { pipeline: WORDS, empty } = TEXT;
const SHOWN = 30;

/** The part about the pipeline: what each batch brought, newest first. */
export function pipelinePart({ history }: PageData): { readonly title: string; readonly body: Markup } {
  if (history === null) return { title: empty.noHistory.title, body: emptyState(empty.noHistory) };
  const { batches } = history;
  if (batches.length === 0) return { title: empty.noBatch.title, body: emptyState(empty.noBatch) };
  return {
    title: WORDS.title(
      batches.length,
      batches.reduce((sum, { rejected }) => sum + rejected, 0),
    ),
    body: html`<h2 id="batches">${WORDS.batches}</h2>
${dataTable(
  WORDS.batches,
  'llllrrrrrr',
  WORDS.batchHeader,
  batches
    .slice(-SHOWN)
    .toReversed()
    .map((batch) => [
      batch.batchId,
      oneLine(batch.source, 80),
      batch.role,
      when(batch.at),
      formatCount(batch.read),
      formatCount(batch.new),
      formatCount(batch.updated),
      formatCount(batch.unchanged),
      formatCount(batch.rejected),
      formatSeconds(batch.durationMs / 1000),
    ]),
)}`,
  };
}
