import { expect, test } from 'vitest';
import { checkDrift } from '../../pipeline/drift/check.ts';
import { driftReference } from '../../pipeline/drift/reference.ts';
import type { BatchFinding, QualitySeverity } from '../../pipeline/quality/finding.ts';
import { strongestFinding } from '../../pipeline/stages/drift/issue-comments.ts';
import { parseConfig } from '../../pipeline/stages/load-config.ts';
import { genresOf, sampleOf, simulatedSite } from './simulated-site.ts';

const training = simulatedSite(21).batch({ users: 200, ratingsPerUser: 90 });
/** The training ratings themselves: under `classic`, no signal differs from them. */
const check = (severity: QualitySeverity | null) => {
  const finding = (kind: QualitySeverity): BatchFinding => ({
    batch: 7,
    kind: 'rating-step',
    severity: kind,
    seen: 'whole stars: 0 of 66 users give half stars',
    expected: 'about 24 users, as in training',
    remedy: 'Look for the place where the source rounds its ratings.',
  });
  const input = {
    reference: driftReference(training, genresOf, null),
    newest: sampleOf(training),
    buffer: null,
    genresOf,
    quality: severity === null ? [] : [finding(severity)],
  };
  return checkDrift(input, parseConfig({ drift: { preset: 'classic' } }, 'the test').drift);
};

test('a batch with a severe finding is never ok', () => {
  expect(check(null)).toMatchObject({ verdict: 'ok', quality: [] });
  expect(check('warning')).toMatchObject({ verdict: 'ok', quality: [{ batch: 7, severity: 'warning' }] });
  expect(check('severe')).toMatchObject({ verdict: 'watch', quality: [{ batch: 7, severity: 'severe' }] });
});

test('the finding is named where no signal is raised', () => {
  expect(strongestFinding(check('severe'))).toBe(
    'batch 7 is not what it says: whole stars: 0 of 66 users give half stars',
  );
});
