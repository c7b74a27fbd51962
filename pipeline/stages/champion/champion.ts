import type { Forge } from '../../forge/forge.ts';
import { OperatorError } from '../../lib/errors.ts';
import { tagOf, versionOf } from '../../lib/model-tag.ts';
import type { Manifest } from '../../model/manifest.ts';
import type { Model } from '../../model/model.ts';
import { ATTESTATION_FILE, openPackage } from '../../model/package.ts';
import type { OpenedPackage } from '../../model/package-folder.ts';
import { championModel, listModels, type ModelRecord, promoteModel } from '../../store/models.ts';
import type { Store } from '../../store/store.ts';

/**
 * The champion: the model whose release is promoted. The forge decides and the database follows, so a
 * promotion that was cut off after the release was promoted is completed here.
 *
 * @returns null before the first promotion.
 * @throws OperatorError `model-unknown` when the promoted release is not a model of this database.
 */
export async function currentChampion({
  store,
  forge,
  clock,
}: {
  readonly store: Store;
  readonly forge: Forge;
  readonly clock: () => Date;
}): Promise<ModelRecord | null> {
  const latest = await forge.releases.latest();
  if (latest === null) return null;
  const version = versionOf(latest.tag);
  const recorded = await championModel(store);
  if (recorded !== null && recorded.version === version) return recorded;
  const model = (await listModels(store)).find((candidate) => candidate.version === version);
  if (model === undefined) {
    throw new OperatorError(
      'model-unknown',
      `The promoted release is ${latest.tag}, but the database knows no such model.`,
      'Point the pipeline at the database that trained it, or promote a model it knows: cinematch models list. When that database is gone, see "Begin anew" in docs/operations.md.',
    );
  }
  await promoteModel(store, {
    version: model.version,
    promotedAt: clock(),
    trainedBatchIds: model.manifest.snapshot.batches,
  });
  return championModel(store);
}

/**
 * Downloads a released model and opens it. Digests and shapes are verified before anything is used.
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
          'Ingest ratings and train the first model: cinematch ingest FILE, then cinematch train. With invented ratings: cinematch demo.',
        )
      : new OperatorError(
          'forge-missing',
          `There is no release ${tagOf(version)}.`,
          'See which versions there are: cinematch models list.',
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
    `${release.tag} cannot be trusted: its manifest is that of model v${opened.manifest.version}.`,
    'Find out who changed the release. To serve that model, go back to its own version: cinematch models rollback.',
  );
}

/** As `loadReleasedPackage`, for those who only predict. */
export async function loadReleasedModel(
  forge: Forge,
  version?: number,
): Promise<{ readonly manifest: Manifest; readonly model: Model }> {
  const { manifest, model } = await loadReleasedPackage(forge, version);
  return { manifest, model };
}
