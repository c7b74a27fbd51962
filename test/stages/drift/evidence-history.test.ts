import { expect, test } from 'vitest';
import type { DriftCheck, DriftEvidence, SignalResult } from '../../../pipeline/drift/signal.ts';
import {
  evidencePoints,
  foundAfter,
  signalsWithEvidence,
} from '../../../pipeline/stages/drift/evidence-history.ts';
import { driftIssueBody } from '../../../pipeline/stages/drift/issue-body.ts';
import { inSentence } from '../../../pipeline/stages/drift/issue-title.ts';
import { driftReportHtml } from '../../../pipeline/stages/drift/report/drift-report.ts';
import { driftCheck, driftIssue } from '../../support/report-samples.ts';

const evidence = (batches: number, value: number): DriftEvidence => ({ value, bar: 520, batches });
const day = (date: number): Date => new Date(Date.UTC(2026, 1, date));
const past = (date: number, batches: number, value: number) => ({
  checkedAt: day(date),
  effects: {},
  evidence: { user_mean_shift: evidence(batches, value) },
});

/** The mean per user of the whole buffer after four batches, which the evidence has made drift. */
const [first] = driftCheck.signals;
const shift: SignalResult & { readonly evidence: DriftEvidence } = {
  ...(first as SignalResult),
  name: 'user_mean_shift',
  window: 'buffer',
  effect: 0.08,
  threshold: 0.1,
  verdict: 'drift',
  evidence: evidence(4, 2_345.6),
};
const history = [past(15, 3, 612), past(1, 1, 4), past(8, 2, 40), past(2, 1, 5)];

test('the evidence is told by number of batches, and of repeated checks by the last', () => {
  expect(evidencePoints(shift, history).map(({ batches, value }) => [batches, value])).toEqual([
    [1, 5],
    [2, 40],
    [3, 612],
    [4, 2_345.6],
  ]);
});

test('drift by evidence says after how many batches it was found', () => {
  expect(foundAfter(shift, history, inSentence)).toBe(
    'Found after 3 batches: all 4 together are 2,346 times as likely with a change of the mean per user as without one (bar 520).',
  );
  expect(foundAfter(shift, [], inSentence)).toContain('Found after 4 batches');
  expect(foundAfter({ ...shift, verdict: 'watch' }, history, inSentence)).toBeNull();
  expect(foundAfter({ ...shift, evidence: evidence(4, 519) }, history, inSentence)).toBeNull();
});

test('the strongest evidence is the one nearest to its bar; there is none without a whole buffer', () => {
  const weak = { ...shift, name: 'rating_mean' as const, evidence: evidence(4, 2) };
  const check: DriftCheck = { ...driftCheck, signals: [weak, shift, { ...shift, evidence: null }] };
  expect(signalsWithEvidence(check).map(({ name }) => name)).toEqual(['user_mean_shift', 'rating_mean']);
  expect(signalsWithEvidence(driftCheck)).toEqual([]);
});

test('the issue says when it was found, and the report draws the line and its bar', () => {
  const check: DriftCheck = { ...driftCheck, signals: [shift] };
  expect(driftIssueBody({ ...driftIssue, check, history })).toContain(
    '> Found after 3 batches: all 4 together',
  );
  const page = driftReportHtml({ ...driftIssue, batches: [], check, history });
  expect(page).toContain('Evidence over batches: mean per user');
  expect(page).toContain('From 1 batch: 5 to 4 batches: 2,346; bar 520.');
  // Two points are below the bar, two beyond it.
  const drawing = page.slice(page.indexOf('id="evidence-title"'), page.indexOf('on a logarithmic scale'));
  expect(drawing.match(/<g class="insufficient">/g)).toHaveLength(2);
  expect(drawing.match(/<g class="drift">/g)).toHaveLength(2);
});

test('the report has the evidence of each batch and of each signal as tables', () => {
  const weak = {
    ...shift,
    name: 'rating_mean' as const,
    effect: 0.011,
    threshold: 0.03,
    evidence: evidence(4, 2),
  };
  const check: DriftCheck = { ...driftCheck, signals: [weak, shift] };
  const page = driftReportHtml({ ...driftIssue, batches: [], check, history });
  const rowsOf = (label: string): readonly string[] => {
    const from = page.indexOf(`aria-label="${label}"`);
    const body = page.slice(page.indexOf('<tbody>', from), page.indexOf('</tbody>', from));
    return body
      .split('</tr>')
      .slice(0, -1)
      .map((row) =>
        row
          .replace(/<[^>]*>/g, ' ')
          .replace(/\s+/g, ' ')
          .trim(),
      );
  };
  expect(rowsOf('Evidence after each batch')).toEqual([
    '4 2,346 520 yes',
    '3 612 520 yes',
    '2 40 520 no',
    '1 5 520 no',
  ]);
  expect(rowsOf('Evidence of every signal')).toEqual([
    'Mean per user +0.08★ 0.10★ 2,346 520',
    'Mean rating +1.1% 3.0% 2 520',
  ]);
});

test('one batch draws no line', () => {
  const check: DriftCheck = { ...driftCheck, signals: [{ ...shift, evidence: evidence(1, 9) }] };
  expect(driftReportHtml({ ...driftIssue, batches: [], check, history: [] })).not.toContain(
    'Evidence over batches',
  );
});
