import { OperatorError } from '../../lib/errors.ts';
import { versionOf } from '../../lib/model-tag.ts';
import { compactRatings } from '../../store/compact-ratings.ts';
import { championModel, hasModels, listModels, type ModelRecord, promoteModel } from '../../store/models.ts';
import type { Pipeline } from '../pipeline.ts';

type StoreAndForge = Pick<Pipeline, 'store' | 'forge'>;

/**
 * The champion: the model whose release is promoted. The forge decides; the record's `status` in the database can
 * lag behind. Changes nothing.
 *
 * @returns null before the first promotion.
 * @throws OperatorError `model-unknown` when the promoted release is not a model of this database; `state-conflict` when
 * the database has a champion and no release is promoted.
 */
export async function readChampion({ store, forge }: StoreAndForge): Promise<ModelRecord | null> {
  const latest = await forge.releases.latest();
  if (latest === null) {
    const recorded = await championModel(store);
    if (recorded !== null) throw notPromoted(recorded, store);
    return null;
  }
  const version = versionOf(latest.tag);
  const models = await listModels(store);
  const model = models.find((candidate) => candidate.version === version);
  if (model !== undefined) return model;
  if (models.length === 0) {
    throw new OperatorError(
      'model-unknown',
      `The promoted release is ${latest.tag}, but the database (${store.description}) has no models.`,
      'Another database trained it. Move that one here: `cinematch data move` on one machine, the workflow `bootstrap` with `carry-over` on GitHub. Or set DATABASE_URL to it. If it is lost, see "Begin anew" in docs/operations.md.',
    );
  }
  throw new OperatorError(
    'model-unknown',
    `The promoted release is ${latest.tag}, but the database has no such model.`,
    'Point the pipeline at the database that trained it, or promote a model in this database: cinematch models list. If that database is lost, see "Begin anew" in docs/operations.md.',
  );
}

/** A promotion changes the release first, so this is no promotion that was interrupted. */
const notPromoted = ({ version }: ModelRecord, { description }: Pipeline['store']): OperatorError =>
  new OperatorError(
    'state-conflict',
    `Model v${version} is the champion in the database (${description}), but no release is promoted here.`,
    `Promote its release again: cinematch models promote ${version}, on GitHub the workflow deploy with version ${version}. If the releases are elsewhere (GitHub, another folder), work there, or set CINEMATCH_HOME to that folder.`,
  );

/** @throws OperatorError as `readChampion` when a database without any model stands beside a promoted release. */
export async function requireDatabaseOfForge(source: StoreAndForge): Promise<void> {
  if (!(await hasModels(source.store))) await readChampion(source);
}

/**
 * The champion, for work that depends on it. First completes an interrupted promotion in the database.
 *
 * @returns null before the first promotion.
 * @throws OperatorError as `readChampion`.
 */
export async function settleChampion({
  clock,
  ...source
}: StoreAndForge & Pick<Pipeline, 'clock'>): Promise<ModelRecord | null> {
  const champion = await readChampion(source);
  if (champion === null || champion.status === 'champion') return champion;
  await promoteModel(source.store, {
    version: champion.version,
    promotedAt: clock(),
    trainedBatchIds: champion.manifest.snapshot.batches,
  });
  await compactRatings(source.store);
  return championModel(source.store);
}

/** Every model with the status that the forge gives it, oldest first. Changes nothing. */
export async function readModels(source: StoreAndForge): Promise<readonly ModelRecord[]> {
  const champion = await readChampion(source);
  const models = await listModels(source.store);
  if (champion === null) return models;
  return models.map((model) => {
    if (model.version === champion.version) return { ...model, status: 'champion' };
    return model.status === 'champion' ? { ...model, status: 'retired' } : model;
  });
}
