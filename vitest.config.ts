import { defineConfig } from 'vitest/config';

const inCi = process.env['CI'] === 'true';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/global-postgres.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // Two cores: one file each. PGlite takes most of a core while it starts.
    maxWorkers: 2,
    reporters: inCi ? ['default', ['json', { outputFile: 'test-results.json' }]] : ['default'],
  },
});
