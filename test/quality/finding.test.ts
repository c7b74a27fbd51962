import { describe, expect, test } from 'vitest';
import { type QualityFinding, userIn, withoutUser } from '../../pipeline/quality/finding.ts';

const SEEN = 'user ann gives 6,000 of 16,001 ratings (37.5%)';
const finding: QualityFinding = {
  kind: 'largest-user',
  severity: 'warning',
  seen: SEEN,
  expected: 'at most 20% by one of 80 users',
  remedy: 'Keep them out: cinematch quarantine --user ann.',
  user: 'ann',
};
const INSTEAD = { called: 'a user', remedy: 'See the ledger.' };

describe('the user of a finding', () => {
  const { user: _, ...earlier } = finding;

  test.each([
    ['is its field', finding],
    ['is read from the text of an earlier release', earlier],
    ['also of a new user', { ...earlier, seen: SEEN.replace(' gives', ', who is new, gives') }],
  ])('%s, and can be left out', (_, one) => {
    expect(userIn(one)).toBe('ann');
    const without = withoutUser(one, INSTEAD);
    expect(JSON.stringify(without)).not.toContain('ann');
    expect(without.seen).toMatch(/^a user(, who is new,)? gives 6,000 /);
    expect(without.remedy).toBe('See the ledger.');
  });

  test('is nobody for other kinds, which stay as they are', () => {
    const other: QualityFinding = { ...earlier, kind: 'known-rows' };
    expect(userIn(other)).toBeNull();
    expect(withoutUser(other, INSTEAD)).toBe(other);
  });
});
