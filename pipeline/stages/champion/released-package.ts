import { isDeepStrictEqual } from 'node:util';
import type { Forge } from '../../forge/forge.ts';
import { OperatorError } from '../../lib/errors.ts';
import { tagOf, versionOf } from '../../lib/model-tag.ts';
import { type Manifest, manifestSchema } from '../../model/manifest.ts';
import { ATTESTATION_FILE, MODEL_FILE, openPackage } from '../../model/package.ts';
import type { OpenedPackage } from '../../model/package-folder.ts';
import { readModel } from '../../store/models.ts';
import type { Pipeline } from '../pipeline.ts';
import { readChampion } from './champion.ts';

/**
 * Downloads a released model and opens it. The database decides what a release has to be: the manifest that was recorded
 * with the training lists the digest of every file. So who can change a release cannot change what is served.
 *
 * @param version the model to load; the champion when it is not given.
 * @throws OperatorError `no-champion`, `model-unknown`, `forge-missing` or `model-invalid`.
 */
export async function loadReleasedPackage(
  source: Pick<Pipeline, 'store' | 'forge'>,
  version?: number,
): Promise<OpenedPackage> {
  const recorded =
    version === undefined ? await readChampion(source) : await readModel(source.store, version);
  if (recorded === null) {
    throw new OperatorError(
      'no-champion',
      'No model has been promoted yet.',
      'Ingest ratings and train the first model: cinematch ingest FILE, then cinematch train. With synthetic ratings: cinematch demo.',
    );
  }
  const released = await fetchReleasedPackage(source.forge, recorded.version);
  const field = differingField(manifestSchema.parse(recorded.manifest), released.manifest);
  if (field === null) return released;
  return refuse(
    tagOf(recorded.version),
    `its manifest has another \`${field}\` than the one that the database recorded after the training`,
  );
}

/**
 * Downloads a released model and opens it where there is no database. Verifies all that a release says of itself, which
 * whoever changed the release can have changed as well.
 *
 * @param modelSha256 the digest that the model file has to have, from the database; null if it is compared later.
 * @throws OperatorError `forge-missing` or `model-invalid`.
 */
export async function fetchReleasedPackage(
  forge: Forge,
  version: number,
  modelSha256: string | null = null,
): Promise<OpenedPackage> {
  const tag = tagOf(version);
  const release = await forge.releases.get(tag);
  if (release === null) {
    throw new OperatorError(
      'forge-missing',
      `There is no release ${tag}.`,
      'List the versions: cinematch models list.',
    );
  }
  const files = new Map<string, Uint8Array>();
  for (const { name } of release.assets) {
    if (name !== ATTESTATION_FILE) files.set(name, await forge.releases.download(tag, name));
  }
  const opened = openPackage(files, tag);
  const { manifest } = opened;
  if (manifest.version !== versionOf(tag)) refuse(tag, `its manifest belongs to model v${manifest.version}`);
  const found = manifest.files[MODEL_FILE]?.sha256;
  if (modelSha256 !== null && found !== modelSha256) {
    refuse(tag, `${MODEL_FILE} has SHA-256 ${found}, the database recorded ${modelSha256}`);
  }
  return { ...opened, files };
}

/**
 * The first field in which two manifests differ: `files`, `golden`, `parent`; null when they are equal. The database may
 * lack golden predictions, those for users who were erased.
 */
function differingField(recorded: Manifest, released: Manifest): string | null {
  const fields = new Set([...Object.keys(recorded), ...Object.keys(released)] as (keyof Manifest)[]);
  const isSame = (field: keyof Manifest): boolean =>
    field === 'golden' && recorded.golden !== undefined
      ? recorded.golden.every(
          (one) => released.golden?.some((other) => isDeepStrictEqual(one, other)) === true,
        )
      : isDeepStrictEqual(recorded[field], released[field]);
  return [...fields].find((field) => !isSame(field)) ?? null;
}

function refuse(tag: string, problem: string): never {
  throw new OperatorError(
    'model-invalid',
    `${tag} cannot be trusted: ${problem}.`,
    'Find out who changed the release. Serve another model until then: cinematch models rollback.',
  );
}
