import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { limitsUsed } from '../bench/scale/hosted-limits.ts';
import { runLoop } from '../bench/scale/loop.ts';
import { shapeOf } from '../bench/scale/shapes.ts';
import { sharedCli } from '../support/cli.ts';

const SIZE = '2m';
/** Packed ratings and what belongs to them: the goal for the history. */
const BYTES_A_RATING = 6;

const cli = sharedCli();

test('the whole loop runs on two million ratings, and the second model replaces the first', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'cinematch-loop-'));
  const home = join(folder, 'home');
  const shape = shapeOf(SIZE);
  if (shape === null) throw new Error(`${SIZE} is no size`);
  try {
    const rows = await runLoop({
      place: { folder, home, databaseUrl: null },
      shape,
      size: SIZE,
      onRow: () => {},
      withGain: false,
      withSizes: false,
      run: async (...args) => {
        const { code, stdout, stderr } = await cli(home, ...args);
        if (code !== 0 && code !== 3)
          throw new Error(`${args.join(' ')} ended with ${code}: ${stderr}${stdout}`);
        return { seconds: 0, cpuSeconds: 0, peakBytes: 0, stdout };
      },
    });
    const row = (stage: string) => rows.find((one) => one.stage.startsWith(stage));
    expect(row('retraining')?.note).toBe('promoted');
    expect(row('week 3: drift check')?.note).toMatch(/^drift/);
    for (const { what, used, limit } of limitsUsed(folder, rows)) expect(used, what).toBeLessThan(limit);

    const { stdout } = await cli(home, 'status', '--json');
    const { size } = JSON.parse(stdout) as {
      size: {
        ratings: { plain: number; packed: number };
        tables: readonly { name: string; bytes: number }[];
      };
    };
    expect(size.ratings).toEqual({ plain: 0, packed: shape.ratings });
    const history = size.tables.find(({ name }) => name === 'packed_histories')?.bytes ?? 0;
    expect(history / shape.ratings).toBeLessThan(BYTES_A_RATING);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
