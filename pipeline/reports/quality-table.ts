import { escapeMarkdown } from '../lib/escape.ts';
import { type BatchFinding, isSevere, QUALITY_KINDS, type QualityKind } from '../quality/finding.ts';
import { table } from './markdown.ts';
import { messageToCell } from './message-markdown.ts';

/** `Steps of the ratings` */
export const qualityLabel = (kind: QualityKind): string => QUALITY_KINDS[kind];

/** What is wrong with batches apart from drift, severe findings first; null without any. */
export function qualityTable(findings: readonly BatchFinding[]): string | null {
  if (findings.length === 0) return null;
  const ordered = [...findings.filter(isSevere), ...findings.filter((finding) => !isSevere(finding))];
  return table({
    header: ['Batch', 'Data quality', 'Severity', 'Seen', 'Expected', 'What to do'],
    rows: ordered.map(({ batch, kind, severity, seen, expected, remedy }) => [
      String(batch),
      `${QUALITY_KINDS[kind]} (\`${kind}\`)`,
      severity === 'severe' ? '**severe**' : severity,
      escapeMarkdown(seen, 300),
      escapeMarkdown(expected, 300),
      messageToCell(remedy),
    ]),
  });
}

/** `batch 7 is not what it says: whole stars: 0 of 66 users give half stars`; null without a severe finding. */
export function severeFinding(findings: readonly BatchFinding[]): string | null {
  const severe = findings.find(isSevere);
  return severe === undefined ? null : `batch ${severe.batch} is not what it says: ${severe.seen}`;
}
