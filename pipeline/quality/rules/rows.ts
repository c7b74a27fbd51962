import type { BatchProfile, TrainingProfile } from '../finding.ts';
import type { Found } from '../rule.ts';
import { count, percent } from '../text.ts';

/** A share of rows below this is no finding. */
const REJECT_FLOOR = 0.01;
/** A share is unusual when it is this many times the share of earlier batches. */
const UNUSUAL = 3;
const KNOWN_FLOOR = 0.05;
const KNOWN_UNUSUAL = 0.5;

/** Unusually many rows that cannot be used. */
export function rejectedRows(
  { rows, damaged }: BatchProfile,
  training: TrainingProfile | null,
): Found | null {
  const usual = training === null || training.read === 0 ? 0 : training.rejected / training.read;
  const share = rows === 0 ? 0 : damaged / rows;
  if (share < REJECT_FLOOR || share < UNUSUAL * usual) return null;
  return {
    severity: 'warning',
    seen: `${count(damaged)} of ${count(rows)} rows (${percent(share)}) cannot be used`,
    expected: `${percent(usual)}, as in training`,
    remedy: 'Look at the rejected rows, and repair what writes them.',
  };
}

/**
 * Rows that earlier batches had, with the same user, movie, rating and time. They change nothing, but the batch has
 * less news than it says.
 *
 * @param known number of these rows.
 * @param usable rows of the batch that can be used.
 */
export function knownRows(known: number, usable: number, training: TrainingProfile | null): Found | null {
  const usual = training === null || training.read === 0 ? 0 : training.unchanged / training.read;
  const share = usable === 0 ? 0 : known / usable;
  if (share < KNOWN_FLOOR) return null;
  return {
    severity: share >= KNOWN_UNUSUAL && share >= UNUSUAL * usual ? 'warning' : 'info',
    seen: `${count(known)} of ${count(usable)} ratings (${percent(share)}) are in earlier batches, with the same time`,
    expected: `${percent(usual)}, as in training`,
    remedy: 'Nothing is counted twice. If the source should send only new ratings, look for the overlap.',
  };
}
