import { expect, test } from 'vitest';
import { withRetries } from '../../pipeline/lib/retry.ts';

async function pausesOf(
  failures: readonly (number | null)[],
  pauses = [1, 2, 4],
): Promise<readonly number[]> {
  const slept: number[] = [];
  let tries = 0;
  const policy = {
    pauses,
    longestPause: 10,
    sleep: async (milliseconds: number) => void slept.push(milliseconds / 1000),
  };
  const work = async (): Promise<void> => {
    const failure = failures[tries++];
    if (failure !== undefined) throw new Error('failed', { cause: failure });
  };
  await withRetries(policy, work, (error) => (error as Error).cause as number | null).catch(() =>
    slept.push(Number.NaN),
  );
  return slept;
}

test('work that succeeds is done once, without a pause', async () => {
  expect(await pausesOf([])).toEqual([]);
});

test('failed work is repeated after growing pauses, and its last error is thrown', async () => {
  expect(await pausesOf([0, 0])).toEqual([1, 2]);
  expect(await pausesOf([0, 0, 0, 0])).toEqual([1, 2, 4, Number.NaN]);
  expect(await pausesOf([0], [])).toEqual([Number.NaN]);
});

test('a longer pause that an error requests is respected, up to the limit', async () => {
  expect(await pausesOf([0.5, 3, 99])).toEqual([1, 3, 10]);
});

test('a permanent error is thrown at once', async () => {
  expect(await pausesOf([0, null])).toEqual([1, Number.NaN]);
});
