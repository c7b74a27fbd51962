import { describe, expect, test } from 'vitest';
import { isOfTenant, parseTenant, type Tenant } from '../../pipeline/ratings/tenant.ts';

const tenant = (text: string): Tenant => parseTenant(text) as Tenant;

describe('the users of a key', () => {
  test('are ids and ranges where ids are numbers', () => {
    const own = tenant('7, 1000-1999');
    expect([6, 7, 8, 999, 1000, 1999, 2000].filter((id) => isOfTenant(own, id))).toEqual([7, 1000, 1999]);
  });

  test('are ids and beginnings of ids where ids are texts', () => {
    const own = tenant('app1:*,anna');
    const users = ['app1:7', 'app1:', 'app11:7', 'app2:7', 'anna', 'anna2', 'Anna'];
    expect(users.filter((id) => isOfTenant(own, id))).toEqual(['app1:7', 'app1:', 'anna']);
  });

  test('a number is never in a beginning, and a text never in a range', () => {
    expect(isOfTenant(tenant('10*'), 100)).toBe(false);
    expect(isOfTenant(tenant('1-9'), '5')).toBe(false);
  });

  test('a comma and an asterisk of an id are written as in URLs', () => {
    expect(isOfTenant(tenant('a%2Cb%2a'), 'a,b*')).toBe(true);
    expect(isOfTenant(tenant('a%2C*'), 'a,x')).toBe(true);
  });

  test.each(['', ',', '*', '9-7', 'a*b', '1-99999999999', '1,,2', 'a\u0000'])(
    '%j is no list of users',
    (text) => {
      expect(parseTenant(text)).toBeNull();
    },
  );
});
