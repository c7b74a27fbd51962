/** What the OpenAPI document says of times by a pattern is what times are. */
import { expect, test } from 'vitest';
import { z } from 'zod';
import { TIME_SINCE_1970 } from '../../api/patterns.ts';

const rfc3339 = z.iso.datetime({ offset: true });

test('the pattern takes every day that a month has from 1970 on, and no other', () => {
  for (const year of [1899, 1969, 1970, 1972, 1999, 2000, 2023, 2024, 2100, 2400, 3200, 9999]) {
    for (let month = 0; month <= 13; month++) {
      for (let day = 0; day <= 32; day++) {
        const [mm, dd] = [month, day].map((part) => String(part).padStart(2, '0'));
        const time = `${year}-${mm}-${dd}T10:00:00Z`;
        expect(TIME_SINCE_1970.test(time), time).toBe(year >= 1970 && rfc3339.safeParse(time).success);
      }
    }
  }
});

test.each([
  '2026-03-01T23:59:59.123456789+14:00',
  '2026-03-01T00:00:00-00:30',
  '2026-03-01T24:00:00Z',
  '2026-03-01T10:60:00Z',
  '2026-03-01T10:00:60Z',
  '2026-03-01T10:00Z',
  '2026-03-01T10:00:00',
  '2026-03-01T10:00:00.Z',
  '2026-03-01T10:00:00+24:00',
  '2026-03-01 10:00:00Z',
  '12026-03-01T10:00:00Z',
])('%s is a time by the pattern as it is by RFC 3339', (time) => {
  expect(TIME_SINCE_1970.test(time)).toBe(rfc3339.safeParse(time).success);
});
