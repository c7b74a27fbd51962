import type { Store } from './store.ts';

/** A period in which drift checks are stored, but nothing else happens. */
export interface Mute {
  readonly until: Date;
  /** Login of the user who requested it. */
  readonly by: string;
}

/**
 * Starts a mute and ends the active one, if any. Repeating a request changes nothing, even after its mute was ended.
 *
 * @param mute.at time of the request.
 */
export async function muteDrift({ sql }: Store, mute: Mute & { readonly at: Date }): Promise<void> {
  const { by, at, until } = mute;
  await sql.begin(async (sql) => {
    await sql`lock table drift_mutes in share row exclusive mode`;
    const [same] = await sql`
      select from drift_mutes
      where muted_by = ${by} and muted_at = ${at} and muted_until = ${until}`;
    if (same !== undefined) return;
    await sql`update drift_mutes set ended_at = ${at} where ended_at is null`;
    await sql`insert into drift_mutes ${sql({ muted_at: at, muted_until: until, muted_by: by })}`;
  });
}

/** Ends the active mute. @returns whether there was one. */
export async function unmuteDrift({ sql }: Store, { at }: { readonly at: Date }): Promise<boolean> {
  const ended = await sql`
    update drift_mutes set ended_at = ${at} where ended_at is null and muted_until > ${at}`;
  return ended.count > 0;
}

/** The mute that is active at a time, or null. */
export async function activeMute({ sql }: Store, at: Date): Promise<Mute | null> {
  const [mute] = await sql<Mute[]>`
    select muted_until as until, muted_by as by from drift_mutes
    where ended_at is null and muted_at <= ${at} and muted_until > ${at}
    order by mute_id desc limit 1`;
  return mute ?? null;
}
