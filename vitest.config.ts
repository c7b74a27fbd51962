import { existsSync, globSync, readFileSync, statfsSync } from 'node:fs';
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Tests copy databases about; in memory that takes half the time. Containers often have 64 MB there. */
function memoryFolder(): { readonly TMPDIR: string } | undefined {
  const folder = '/dev/shm';
  if (process.env['TMPDIR'] || !existsSync(folder)) return undefined;
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize > 4e9 ? { TMPDIR: folder } : undefined;
}

// Tests start many processes of the same code: it is compiled once.
process.env['NODE_COMPILE_CACHE'] ??= join(import.meta.dirname, 'node_modules/.cache/cinematch/compiled');

const inCi = process.env['CI'] === 'true';

/** Tests that put another module in the place of one need modules of their own. */
const mocking = globSync('test/**/*.test.ts', { cwd: import.meta.dirname }).filter((file) =>
  readFileSync(join(import.meta.dirname, file), 'utf8').includes('vi.mock('),
);

/** The files that take longest, the longest first. */
const LONGEST = [
  'test/rehearsal/rehearse.test.ts',
  'test/rehearsal/run-twice.test.ts',
  'test/deploy/vercel/real-cli.test.ts',
  'test/mirrors/mlflow.test.ts',
  'test/cli/serve.test.ts',
  'test/actions/actions.test.ts',
].map((file) => join(import.meta.dirname, file));

/** Starts the longest files first, also on a machine that has not measured them yet: no core is idle at the end. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const place = ({ moduleId }: TestSpecification): number =>
      LONGEST.includes(moduleId) ? LONGEST.indexOf(moduleId) : LONGEST.length;
    return sorted.toSorted((a, b) => place(a) - place(b));
  }
}

export default defineConfig({
  test: {
    globalSetup: ['test/support/global-postgres.ts'],
    env: { ...memoryFolder() },
    // Only what hangs is ended: a busy machine may take long.
    testTimeout: 1_800_000,
    hookTimeout: 1_800_000,
    expect: { poll: { timeout: 1_800_000 } },
    // Two cores: one file each. PGlite takes most of a core while it starts.
    maxWorkers: 2,
    sequence: { sequencer: LongestFirst },
    projects: [
      // A process and its modules serve many files.
      {
        extends: true,
        test: { name: 'shared', include: ['test/**/*.test.ts'], exclude: mocking, isolate: false },
      },
      { extends: true, test: { name: 'isolated', include: mocking } },
    ],
    reporters: inCi ? ['default', ['json', { outputFile: 'test-results.json' }]] : ['default'],
  },
});
