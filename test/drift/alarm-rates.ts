import { checkDrift } from '../../pipeline/drift/check.ts';
import { driftReference } from '../../pipeline/drift/reference.ts';
import type { DriftCheck } from '../../pipeline/drift/signal.ts';
import { parseConfig } from '../../pipeline/stages/load-config.ts';
import { genresOf, holdoutOf, inOrder, sampleOf, simulatedSite, together } from './simulated-site.ts';

interface Experiment {
  readonly seed: number;
  /** Number of sites with their own training period, and number of checks on futures of each. */
  readonly sites: number;
  readonly checksPerSite: number;
  /** Batches in the training period. */
  readonly trainingBatches: number;
  /** Batches in the buffer; the last is the newest window. */
  readonly batches: number;
  readonly users: number;
  readonly ratingsPerUser: number;
  /** Shift of the newest window in stars. */
  readonly shift: number;
  /** Standard deviation between batches without drift, in stars. */
  readonly wobble?: number;
  readonly preset?: 'robust' | 'classic';
}

/** Runs drift checks on simulated sites and calls `see` with each result. */
function simulateChecks(experiment: Experiment, see: (check: DriftCheck) => void): void {
  const { seed, sites, checksPerSite, batches, shift } = experiment;
  const { users, ratingsPerUser, wobble = 0 } = experiment;
  const shape = { users, ratingsPerUser, wobble };
  const { drift } = parseConfig({ drift: { preset: experiment.preset ?? 'robust' } }, 'simulation');
  for (let site = 0; site < sites; site++) {
    const past = simulatedSite(seed * 10_000 + site);
    const training = inOrder(Array.from({ length: experiment.trainingBatches }, () => past.batch(shape)));
    const reference = driftReference(training, genresOf, holdoutOf(training));
    for (let check = 0; check < checksPerSite; check++) {
      const future = past.branch(seed * 1_000_000 + site * 1000 + check);
      const samples = Array.from({ length: batches }, (_, batch) =>
        sampleOf(future.batch({ ...shape, shift: batch === batches - 1 ? shift : 0 })),
      );
      const newest = samples[batches - 1] as (typeof samples)[number];
      const buffer = batches > 1 ? { ...together(samples), batches } : null;
      see(checkDrift({ reference, newest, buffer, genresOf }, drift));
    }
  }
}

/** Share of checks with the verdict `drift`. */
export function alarmShare(experiment: Experiment): number {
  let alarms = 0;
  simulateChecks(experiment, ({ verdict }) => {
    if (verdict === 'drift') alarms++;
  });
  return alarms / (experiment.sites * experiment.checksPerSite);
}

/** How often each signal of each window was `drift`: `newest rating_std` → 3. */
export function alarmsBySignal(experiment: Experiment): ReadonlyMap<string, number> {
  const alarms = new Map<string, number>();
  simulateChecks(experiment, ({ signals }) => {
    for (const { verdict, window, name } of signals) {
      if (verdict !== 'drift') continue;
      const key = `${window} ${name}`;
      alarms.set(key, (alarms.get(key) ?? 0) + 1);
    }
  });
  return alarms;
}
