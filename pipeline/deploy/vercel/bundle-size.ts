import { readdir, readFile, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { OperatorError } from '../../lib/errors.ts';
import { NEIGHBOURS_FILE } from '../../model/neighbours.ts';
import { MODEL_FILE } from '../../model/package.ts';
import {
  CATALOGUE_FILE,
  HISTORY_FILE,
  LINKS_FILE,
  SEEN_FILE,
  STATUS_FILE,
} from '../../serving/serving-files.ts';

/** Maximum uncompressed size of a function, bytes: https://vercel.com/docs/functions/limitations. */
export const FUNCTION_LIMIT = 250 * 1024 * 1024;

/** The parts of a function, in the order of reports. */
const PARTS = [
  'model',
  'neighbours',
  'catalogue',
  'seen sets',
  'status',
  'manifests',
  'code',
  'packages',
] as const;
export type PartName = (typeof PARTS)[number];

const PART_OF_FILE: Readonly<Record<string, PartName>> = {
  [MODEL_FILE]: 'model',
  [NEIGHBOURS_FILE]: 'neighbours',
  [CATALOGUE_FILE]: 'catalogue',
  [LINKS_FILE]: 'catalogue',
  [SEEN_FILE]: 'seen sets',
  [STATUS_FILE]: 'status',
  [HISTORY_FILE]: 'status',
};

export interface FunctionFile {
  /** Path inside the function, with slashes. */
  readonly name: string;
  /** Path on this machine. */
  readonly location: string;
  readonly bytes: number;
}

export interface FunctionSize {
  readonly parts: readonly { readonly name: PartName; readonly bytes: number }[];
  readonly bytes: number;
  readonly limit: number;
}

/**
 * Lists the files of a built function: the files in its folder and the files of its configuration (`filePathMap`).
 *
 * @param folder a `.func`.
 * @param root base of the paths in `filePathMap`.
 */
export async function readFunctionFiles(folder: string, root: string): Promise<readonly FunctionFile[]> {
  const config = JSON.parse(await readFile(join(folder, '.vc-config.json'), 'utf8')) as {
    readonly filePathMap?: Readonly<Record<string, string>>;
  };
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const inside = entries
    .filter((entry) => !entry.isDirectory() && entry.name !== '.vc-config.json')
    .map((entry) => join(entry.parentPath, entry.name))
    .map((location) => ({ name: relative(folder, location).split(sep).join('/'), location }));
  const elsewhere = Object.entries(config.filePathMap ?? {}).map(([name, path]) => ({
    name,
    location: join(root, path),
  }));
  const files = await Promise.all(
    [...inside, ...elsewhere].map(async (file) => ({ ...file, bytes: (await stat(file.location)).size })),
  );
  return files.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Computes the size of each part of a function and the total, bytes. */
export function measureFunction(files: readonly Pick<FunctionFile, 'name' | 'bytes'>[]): FunctionSize {
  const sizes = new Map<PartName, number>(PARTS.map((name) => [name, 0]));
  for (const { name, bytes } of files) {
    const part = partOf(name);
    sizes.set(part, (sizes.get(part) ?? 0) + bytes);
  }
  const parts = [...sizes].map(([name, bytes]) => ({ name, bytes }));
  return { parts, bytes: parts.reduce((sum, { bytes }) => sum + bytes, 0), limit: FUNCTION_LIMIT };
}

function partOf(name: string): PartName {
  if (name.startsWith('serving/')) return PART_OF_FILE[name.slice('serving/'.length)] ?? 'manifests';
  return name.startsWith('node_modules/') ? 'packages' : 'code';
}

/** @throws OperatorError `deploy-failed` when a function exceeds the limit; its remedy says how to make it smaller. */
export function requireFit({ parts, bytes, limit }: FunctionSize, what: string): void {
  if (bytes <= limit) return;
  const [largest] = [...parts].sort((a, b) => b.bytes - a.bytes);
  throw new OperatorError(
    'deploy-failed',
    `${what} does not fit into a function: it has ${formatSize(bytes)}, Vercel allows ${formatSize(limit)}. Its largest part is the ${largest?.name} with ${formatSize(largest?.bytes ?? 0)}.`,
    "Make it smaller in cinematch.config.ts: serve.precision: 'half' halves the model, serve.movies keeps only the most rated movies, serve.seen: 'database' omits the rated movies of users. cinematch deploy --dry-run shows the size of each part.",
    { details: { step: 'size' } },
  );
}

/** Formats a size in Vercel's units: a megabyte has 1024 × 1024 bytes. */
export function formatSize(bytes: number): string {
  const kilobytes = bytes / 1024;
  return kilobytes < 1024 ? `${kilobytes.toFixed(1)} KB` : `${(kilobytes / 1024).toFixed(1)} MB`;
}
