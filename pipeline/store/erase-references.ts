import type postgres from 'postgres';
import { decodeReference, encodeReference } from '../drift/reference.ts';
import type { Manifest } from '../model/manifest.ts';
import { withoutUsers } from '../ratings/performance.ts';
import { withoutUserLevels } from '../ratings/summary.ts';
import { jsonValue } from './json.ts';
import { base64Column } from './packed.ts';
import { readKeptOut } from './tombstones.ts';

/**
 * A drift reference without some users: their counts and the errors on their ratings. The ratings of each movie stay as
 * they were counted.
 *
 * @returns null when it has none of them.
 */
function referenceWithout(bytes: Uint8Array, users: ReadonlySet<number>): Uint8Array | null {
  const reference = decodeReference(bytes);
  const { summary, performance } = reference;
  const has = (ids: Int32Array): boolean => ids.some((id) => users.has(id));
  if (!has(summary.userIds) && (performance === null || !has(performance.userIds))) return null;
  return encodeReference({
    ...reference,
    summary: withoutUserLevels(summary, users),
    performance: performance && withoutUsers(performance, users),
  });
}

function manifestWithout(manifest: Manifest, users: ReadonlySet<number>): Manifest | null {
  const { golden = [] } = manifest;
  const kept = golden.filter(({ user }) => !users.has(user));
  return kept.length === golden.length ? null : { ...manifest, golden: kept };
}

/**
 * Takes a user out of what is stored beside the models: drift references, and the predictions of manifests by which a
 * deployment is checked. The files of a model are in its release, and stay.
 */
export async function eraseFromReferences(sql: postgres.TransactionSql, userId: number): Promise<void> {
  const user = new Set([userId]);
  const rows = await sql<{ version: number; manifest: Manifest; reference: string | null }[]>`
    select version, manifest, ${base64Column(sql, 'reference')}
    from models left join model_references on model_version = version`;
  for (const { version, manifest, reference } of rows) {
    const other = manifestWithout(manifest, user);
    if (other !== null) {
      await sql`update models set manifest = ${jsonValue(sql, other)} where version = ${version}`;
    }
    const bytes = reference === null ? null : referenceWithout(Buffer.from(reference, 'base64'), user);
    if (bytes !== null) {
      await sql`update model_references set reference = ${Buffer.from(bytes)} where model_version = ${version}`;
    }
  }
}

/** What is stored of a new model, without the users who were erased since its ratings were read. */
export async function withoutErasedUsers(
  sql: postgres.TransactionSql,
  { manifest, reference }: { readonly manifest: Manifest; readonly reference: Uint8Array },
): Promise<{ readonly manifest: Manifest; readonly reference: Uint8Array }> {
  const tombstones = await readKeptOut(sql);
  if (tombstones === null) return { manifest, reference };
  const { summary, performance } = decodeReference(reference);
  const golden = manifest.golden?.map(({ user }) => user) ?? [];
  const ids = new Set([...summary.userIds, ...(performance?.userIds ?? []), ...golden]);
  const users = new Set([...ids].filter((id) => tombstones.of('id', id)?.isKeptOut === true));
  return {
    manifest: manifestWithout(manifest, users) ?? manifest,
    reference: referenceWithout(reference, users) ?? reference,
  };
}
