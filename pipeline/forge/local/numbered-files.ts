import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { unlessMissing } from '../../lib/write-atomically.ts';

/** The numbers of the files `1.md`, `2.md`, … of a folder, ascending. */
export async function numbersIn(directory: string): Promise<readonly number[]> {
  const names = (await unlessMissing(readdir(directory))) ?? [];
  return names
    .flatMap((name) => /^([1-9]\d*)\.md$/.exec(name)?.[1] ?? [])
    .map(Number)
    .sort((a, b) => a - b);
}

export const numberedPath = (directory: string, number: number): string => join(directory, `${number}.md`);

/** The highest number plus one. It is unique only if the caller has exclusive access. */
export async function nextNumber(directory: string): Promise<number> {
  return ((await numbersIn(directory)).at(-1) ?? 0) + 1;
}
