import type { GateDecision } from '../evaluate/evaluation.ts';
import type { Store } from './connect.ts';

/** What the gate last said of a model, or null when it was never judged: the first model meets no gate. */
export async function readGate({ sql }: Store, challengerVersion: number): Promise<GateDecision | null> {
  const [newest] = await sql<{ decision: GateDecision }[]>`
    select decision from gate_decisions
    where challenger_version = ${challengerVersion} order by decision_id desc limit 1`;
  return newest?.decision ?? null;
}
