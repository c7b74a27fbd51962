import { expect, test } from 'vitest';
import { encodeModel } from '../../pipeline/model/artifact.ts';
import { ALGORITHM_NAMES } from '../../pipeline/train/algorithms.ts';
import { learn } from './learn.ts';
import { plantedRatings } from './planted.ts';

const { train } = plantedRatings(8, 150, 90, 30);

test.each([...ALGORITHM_NAMES, 'als+ease', 'sgd-mf+ials'])(
  '%s: one, two and four threads give the same bytes',
  async (name) => {
    const [one, two, four] = await Promise.all(
      [1, 2, 4].map(async (threads) => Buffer.from(encodeModel(await learn(name, train, { threads })))),
    );
    expect(two?.equals(one as Buffer)).toBe(true);
    expect(four?.equals(one as Buffer)).toBe(true);
  },
);

test('with many factors and conjugate gradients, the number of threads does not matter either', async () => {
  const options = { hyperParameters: { factors: 40, sweeps: 3 } };
  const one = encodeModel(await learn('ials', train, { ...options, threads: 1 }));
  const four = encodeModel(await learn('ials', train, { ...options, threads: 4 }));
  expect(Buffer.from(four).equals(one)).toBe(true);
});

test('an aborted training rejects with the reason and returns no model', async () => {
  const stop = new AbortController();
  const reason = new Error('called off');
  let passes = 0;
  const fitting = learn('vb-mf+ials', train, {
    signal: stop.signal,
    threads: 2,
    onProgress: () => {
      passes++;
      if (passes === 3) stop.abort(reason);
    },
  });
  await expect(fitting).rejects.toBe(reason);
  expect(passes).toBe(3);
});

test('a training that was aborted before its start does not start', async () => {
  const reason = new Error('too late');
  await expect(learn('bias', train, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
});
