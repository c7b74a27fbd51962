import type { Forge } from '../../forge/forge.ts';
import { OperatorError } from '../../lib/errors.ts';
import { tagOf, versionOf } from '../../lib/model-tag.ts';
import { ATTESTATION_FILE, openPackage } from '../../model/package.ts';
import type { OpenedPackage } from '../../model/package-folder.ts';
import { compactRatings } from '../../store/compact-ratings.ts';
import { championModel, listModels, type ModelRecord, promoteModel } from '../../store/models.ts';
import type { Pipeline } from '../pipeline.ts';

type StoreAndForge = Pick<Pipeline, 'store' | 'forge'>;

/**
 * The champion: the model whose release is promoted. The forge decides; the record's `status` in the database can
 * lag behind. Changes nothing.
 *
 * @returns null before the first promotion.
 * @throws OperatorError `model-unknown` when the promoted release is not a model of this database.
 */
export async function readChampion({ store, forge }: StoreAndForge): Promise<ModelRecord | null> {
  const latest = await forge.releases.latest();
  if (latest === null) return null;
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

/**
 * Downloads a released model and opens it. Verifies all digests and shapes first.
 *
 * @param version the model to load; the promoted one when it is not given.
 * @throws OperatorError `no-champion`, `forge-missing` or `model-invalid`.
 */
export async function loadReleasedPackage(forge: Forge, version?: number): Promise<OpenedPackage> {
  const release =
    version === undefined ? await forge.releases.latest() : await forge.releases.get(tagOf(version));
  if (release === null) {
    throw version === undefined
      ? new OperatorError(
          'no-champion',
          'No model has been promoted yet.',
          'Ingest ratings and train the first model: cinematch ingest FILE, then cinematch train. With synthetic ratings: cinematch demo.',
        )
      : new OperatorError(
          'forge-missing',
          `There is no release ${tagOf(version)}.`,
          'List the versions: cinematch models list.',
        );
  }
  const files = new Map<string, Uint8Array>();
  for (const { name } of release.assets) {
    if (name !== ATTESTATION_FILE) files.set(name, await forge.releases.download(release.tag, name));
  }
  const opened = openPackage(files, release.tag);
  if (opened.manifest.version === versionOf(release.tag)) return { ...opened, files };
  throw new OperatorError(
    'model-invalid',
    `${release.tag} cannot be trusted: its manifest belongs to model v${opened.manifest.version}.`,
    'Find out who changed the release. To serve that model, roll back to its own version: cinematch models rollback.',
  );
}
