import { z } from 'zod';
import { sha256 } from '../lib/digest.ts';
import { goldenSchema, type Manifest } from '../model/manifest.ts';
import { MANIFEST_FILE, MODEL_FILE } from '../model/package.ts';

/** The file that lists all others of a bundle. */
export const BUNDLE_FILE = 'bundle.json';
export const CATALOGUE_FILE = 'catalogue.bin';
export const SEARCH_FILE = 'search.bin';
export const SEEN_FILE = 'seen.bin';
export const STATUS_FILE = 'status.json';

/** What stands at the head of a bundle. */
export const bundleSchema = z.object({
  schema: z.literal(1),
  modelVersion: z.int().positive(),
  /** ISO 8601, UTC. */
  assembledAt: z.string(),
  /** What of the model was left out so that it fits. */
  precision: z.enum(['single', 'half']),
  movies: z.int().positive().nullable(),
  /** Where what each user has rated is found. */
  seen: z.enum(['bundle', 'database']),
  /** What the API allows. */
  ratingsPerHour: z.int().positive(),
  corsOrigins: z.array(z.string()),
  /** Of the very model in this bundle, which may be smaller than the released one. */
  golden: z.array(goldenSchema),
  /** Size and SHA-256 of every other file. */
  parts: z.record(z.string(), z.object({ bytes: z.int(), sha256: z.string() })),
});

export type Bundle = z.infer<typeof bundleSchema>;

/** Everything the API answers from, as files: a released model and what was known when it was deployed. */
export interface ServingFiles {
  /** Of the released model. */
  readonly manifest: Manifest;
  /** By name, `bundle.json` among them. */
  readonly files: ReadonlyMap<string, Uint8Array>;
}

/** Completes a bundle with the size and digest of every part. */
export function packServing(
  manifest: Manifest,
  facts: Omit<Bundle, 'schema' | 'modelVersion' | 'parts'>,
  parts: Readonly<Record<string, Uint8Array>> & {
    readonly [MODEL_FILE]: Uint8Array;
    readonly [MANIFEST_FILE]: Uint8Array;
  },
): ServingFiles {
  const bundle: Bundle = {
    schema: 1,
    modelVersion: manifest.version,
    ...facts,
    parts: Object.fromEntries(
      Object.entries(parts).map(([name, bytes]) => [name, { bytes: bytes.length, sha256: sha256(bytes) }]),
    ),
  };
  const text = new TextEncoder().encode(`${JSON.stringify(bundle, null, 2)}\n`);
  return { manifest, files: new Map([...Object.entries(parts), [BUNDLE_FILE, text]]) };
}
