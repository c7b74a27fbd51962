import type { GateDecision } from '../evaluate/evaluation.ts';
import { gateSchema } from '../evaluate/gate-schema.ts';
import { jsonValue } from './json.ts';
import type { Store } from './store.ts';

/** Stores the gate decision about a challenger. */
export async function recordGate(
  { sql }: Store,
  decision: GateDecision,
  championVersion: number | null,
  challengerVersion: number,
  decidedAt: Date,
): Promise<void> {
  await sql`
    insert into gate_decisions ${sql({
      champion_version: championVersion,
      challenger_version: challengerVersion,
      outcome: decision.outcome,
      decided_at: decidedAt,
      decision: jsonValue(sql, decision),
    })}`;
}

/** The newest gate decision about a model. Null if there is none, as for the first model. */
export async function readGate({ sql }: Store, challengerVersion: number): Promise<GateDecision | null> {
  const [newest] = await sql<{ decision: unknown }[]>`
    select decision from gate_decisions
    where challenger_version = ${challengerVersion} order by decision_id desc limit 1`;
  return newest === undefined ? null : gateSchema.parse(newest.decision);
}
