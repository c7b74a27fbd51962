import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { METRIC_NAMES, metricsBy } from '../../../pipeline/evaluate/metric-names.ts';
import { releaseNotes, releaseTitle } from '../../../pipeline/stages/release/release-notes.ts';
import { modelCard } from '../../../pipeline/stages/training/model-card.ts';
import { EVERYONE_RANKED } from '../../support/evaluations.ts';
import { baselines, challenger, gate, manifest } from '../../support/report-samples.ts';

const golden = (name: string): string => join(import.meta.dirname, '../../golden', name);
const commands = {
  rollbackCommand: 'cinematch models rollback',
  verifyCommand: 'cinematch models show 13',
};
const notes = { manifest, gate, evaluation: challenger, baselines, issue: 41, ...commands };
const firstManifest = { ...manifest, version: 1, parent: null, reason: 'first-model' as const };
const first = { ...notes, manifest: firstManifest, gate: null, issue: null };

describe('the notes of a release', () => {
  it('say what changed, by how much, and how to check it or go back', async () => {
    expect(releaseTitle(notes)).toBe('Model v13: RMSE 0.8710 → 0.8580 (−1.5%)');
    await expect(`${releaseNotes(notes)}\n`).toMatchFileSnapshot(golden('reports-release-notes.md'));
  });

  it('of the first model compare with nothing and have nothing to roll back to', () => {
    expect(releaseTitle(first)).toBe('Model v1: RMSE 0.8580');
    const body = releaseNotes(first);
    expect(body).toContain('**RMSE 0.8580**, the first model.');
    expect(body).toContain('The first model has no champion to beat.');
    expect(body).toContain('There is no earlier model to roll back to.');
    expect(body).not.toContain('models rollback');
  });

  it('name no issue when none was answered', () => {
    const manual = { ...manifest, reason: 'manual' as const };
    expect(releaseNotes({ ...notes, issue: null, manifest: manual })).toContain(
      '(−1.5%)**, trained on request.',
    );
    expect(releaseNotes({ ...notes, issue: null })).toContain('**, trained because of drift.');
  });

  it('hold where no metric is defined', () => {
    const none = {
      ...metricsBy(METRIC_NAMES, () => null),
    };
    const metrics = { ...none, ratings: 0, rankedUsers: 0, intervals: 0, ...EVERYONE_RANKED };
    const evaluation = {
      ...metrics,
      warm: metrics,
      cold: metrics,
      strategies: {
        personalised: 0,
        'folded-in': 0,
        genres: 0,
        'movie-mean': 0,
        'user-mean': 0,
        'global-mean': 0,
      },
    };
    const body = releaseNotes({
      ...first,
      manifest: { ...firstManifest, metrics },
      evaluation,
      baselines: [{ algorithm: 'bias', evaluation }],
    });
    expect(body).toContain('New users: none in the held-out ratings');
    expect(body).toContain('Predictions: none were made');
    expect(body).not.toContain('Compared with baselines');
    expect(body).not.toMatch(/NaN|null|undefined|Infinity/);
  });
});

describe('the card of a model', () => {
  it('says what it is for, what it was made of, how good it is and where it ends', async () => {
    await expect(modelCard(manifest, challenger, baselines)).toMatchFileSnapshot(
      golden('reports-model-card.md'),
    );
  });

  it('says of a model that was only tried on new users that nothing else is known', () => {
    const { warm } = challenger;
    const card = modelCard(
      manifest,
      { ...challenger, warm: { ...warm, rmse: null, mae: null, ratings: 0, rankedUsers: 0 } },
      [],
    );
    expect(card).toContain('there are no known users to compare with');
  });
});
