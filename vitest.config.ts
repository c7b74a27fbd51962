import { existsSync, statfsSync } from 'node:fs';
import { defineConfig } from 'vitest/config';

/** Tests copy databases about; in memory that takes half the time. Containers often have 64 MB there. */
function memoryFolder(): { readonly TMPDIR: string } | undefined {
  const folder = '/dev/shm';
  if (process.env['TMPDIR'] || !existsSync(folder)) return undefined;
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize > 4e9 ? { TMPDIR: folder } : undefined;
}

const inCi = process.env['CI'] === 'true';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/global-postgres.ts'],
    env: { ...memoryFolder() },
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // Two cores: one file each. PGlite takes most of a core while it starts.
    maxWorkers: 2,
    reporters: inCi ? ['default', ['json', { outputFile: 'test-results.json' }]] : ['default'],
  },
});
