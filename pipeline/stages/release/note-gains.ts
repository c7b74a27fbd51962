import { tagOf } from '../../lib/model-tag.ts';
import { listOutcomes } from '../../store/retraining-gains.ts';
import type { Pipeline } from '../pipeline.ts';
import { REALISED_HEADING, realisedSection } from './realised-section.ts';

/** Newest trainings whose releases are looked at. */
const LOOKED_AT = 5;

/**
 * Adds to the notes of earlier releases what their models gained, where a drift check has measured it since. The check
 * itself has no permission to change a release.
 */
export async function noteGains({ store, forge }: Pipeline): Promise<void> {
  for (const outcome of await listOutcomes(store, LOOKED_AT)) {
    const release = await forge.releases.get(tagOf(outcome.modelVersion));
    if (release === null || release.body.includes(REALISED_HEADING)) continue;
    const { tag, title, body } = release;
    await forge.releases.draft({ tag, title, body: `${body}\n\n${realisedSection(outcome)}` });
  }
}
