import { expect, test } from 'vitest';
import { activeMute, muteDrift, unmuteDrift } from '../../pipeline/store/drift-mutes.ts';
import { onEachHome } from '../support/stores.ts';

const MONDAY = new Date('2026-03-02T06:17:00Z');
const TUESDAY = new Date('2026-03-03T06:17:00Z');
const FRIDAY = new Date('2026-03-06T06:17:00Z');

onEachHome((home) => {
  test('a mute lasts until its end', async () => {
    const store = await home.openStore();
    expect(await activeMute(store, MONDAY)).toBeNull();
    await muteDrift(store, { by: 'ada', at: MONDAY, until: FRIDAY });
    expect(await activeMute(store, TUESDAY)).toEqual({ by: 'ada', until: FRIDAY });
    expect(await activeMute(store, FRIDAY)).toBeNull();
    // The time of a check may be before a mute that a comment began since.
    expect(await activeMute(store, new Date(MONDAY.getTime() - 1))).toBeNull();
    expect(await activeMute(store, MONDAY)).toEqual({ by: 'ada', until: FRIDAY });
  });

  test('a later mute replaces the earlier one, even if it is shorter', async () => {
    const store = await home.openStore();
    await muteDrift(store, { by: 'ada', at: MONDAY, until: FRIDAY });
    await muteDrift(store, { by: 'grace', at: MONDAY, until: TUESDAY });
    expect(await activeMute(store, MONDAY)).toEqual({ by: 'grace', until: TUESDAY });
    expect(await activeMute(store, TUESDAY)).toBeNull();
  });

  test('a repeated request does not restart a mute that was ended', async () => {
    const store = await home.openStore();
    const mute = { by: 'ada', at: MONDAY, until: FRIDAY };
    await muteDrift(store, mute);
    expect(await unmuteDrift(store, { at: TUESDAY })).toBe(true);
    expect(await unmuteDrift(store, { at: TUESDAY })).toBe(false);
    await muteDrift(store, mute);
    expect(await activeMute(store, TUESDAY)).toBeNull();
    expect(await store.sql`select muted_at, ended_at from drift_mutes`).toEqual([
      { mutedAt: MONDAY, endedAt: TUESDAY },
    ]);
  });
});
