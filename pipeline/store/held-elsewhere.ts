import { RUN_ARTIFACTS } from '../lib/run-artifacts.ts';
import type { Erasure, HoldingModel } from './erasures.ts';
import type { Store } from './store.ts';

const DAY = 86_400_000;

/** What still has something of an erased user, outside of the database. */
export interface HeldElsewhere {
  /** Models that learned from the user, in releases and bundles. */
  readonly models: readonly HoldingModel[];
  /** Artifacts of workflow runs before the erasure, and when GitHub has deleted the last of each. None without workflows. */
  readonly artifacts: readonly { readonly name: string; readonly until: Date }[];
  /** Where the ratings came from. */
  readonly sources: readonly { readonly batch: number; readonly source: string }[];
}

export async function readHeldElsewhere(
  { sql }: Pick<Store, 'sql'>,
  { at, models, batches }: Pick<Erasure, 'at' | 'models' | 'batches'>,
): Promise<HeldElsewhere> {
  const sources = await sql<{ batch: number; source: string }[]>`
    select batch_id as batch, source from ingestion_ledger where batch_id = any(${[...batches]}) order by batch_id`;
  const [run] = await sql`select from models where manifest ? 'run' limit 1`;
  const artifacts = Object.values(RUN_ARTIFACTS).map(({ name, retentionDays }) => ({
    name,
    until: new Date(at.getTime() + retentionDays * DAY),
  }));
  return { models, sources, artifacts: run === undefined ? [] : artifacts };
}
