import { z } from 'zod';
import type { Manifest } from '../model/manifest.ts';
import { listFiles, MANIFEST_FILE, MODEL_FILE, type ModelPackage, withJson } from '../model/package.ts';

/** The file that lists all others of a bundle. */
export const BUNDLE_FILE = 'bundle.json';
export const CATALOGUE_FILE = 'catalogue.bin';
/** Only where a movie has links to other catalogues. */
export const LINKS_FILE = 'links.bin';
/** Only where ids are texts. */
export const NAMES_FILE = 'names.bin';
export const SEEN_FILE = 'seen.bin';
export const STATUS_FILE = 'status.json';
/** What the pipeline did, for the page. Bundles of earlier releases have none. */
export const HISTORY_FILE = 'history.json';

/** A golden prediction with ids as the API has them. */
const servedGoldenSchema = z.object({
  user: z.union([z.int(), z.string()]),
  movie: z.union([z.int(), z.string()]),
  /** Stars. */
  rating: z.number(),
});

/** The content of `bundle.json`. */
export const bundleSchema = z.object({
  schema: z.literal(1),
  modelVersion: z.int().positive(),
  /** ISO 8601, UTC. */
  assembledAt: z.string(),
  /** How the model was made smaller. */
  precision: z.enum(['single', 'half']),
  movies: z.int().positive().nullable(),
  /** Where the ratings of users are. */
  seen: z.enum(['bundle', 'database']),
  /** Settings of the API. */
  userRoutes: z.enum(['keyed', 'open']),
  ratingsPerHour: z.int().positive(),
  limits: z.object({
    /** Units in a minute; null for any number. */
    perKey: z.int().positive().nullable(),
    perAddress: z.int().positive().nullable(),
  }),
  /** Web pages that may call the API. */
  readOrigins: z.array(z.string()),
  writeOrigins: z.array(z.string()),
  /** Of the model in this bundle, which may be smaller than the released model. */
  golden: z.array(servedGoldenSchema),
  /** Size and SHA-256 of every other file. */
  parts: z.record(z.string(), z.object({ bytes: z.int(), sha256: z.string() })),
});

export type Bundle = z.infer<typeof bundleSchema>;

/** A bundle as files, `bundle.json` included: everything that the API serves. The manifest is of the released model. */
export type ServingFiles = ModelPackage;

/** Adds `bundle.json`, with the size and digest of every part. */
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
    parts: listFiles(parts),
  };
  return { manifest, files: withJson(parts, BUNDLE_FILE, bundle) };
}
