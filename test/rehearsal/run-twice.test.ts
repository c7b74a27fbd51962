import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { prepareDataset } from '../../pipeline/source/prepare.ts';
import { generateRatings } from '../../pipeline/source/synthetic.ts';
import { syntheticWeeks } from '../../pipeline/source/synthetic-weeks.ts';
import { writeRatings } from '../../pipeline/source/write-ratings.ts';
import { connectStore } from '../../pipeline/store/connect.ts';
import type { EmulatedGithub } from '../emulators/github/start-github.ts';
import { createDatabase } from '../support/postgres.ts';
import { type StoreState, storeState } from '../support/store-state.ts';
import { REHEARSED_SIZE, useFewerRatings } from './fewer-ratings.ts';
import { readGithub, type SeenOnGithub } from './read-github.ts';
import { type Rehearsed, rehearse } from './rehearse.ts';
import { brokenPromises } from './verdict.ts';

const postgresUrl = inject('postgresUrl');

/**
 * Three weeks of a private repository with batches of its own, on PostgreSQL. Until the last week every run is
 * run again when it is over; in the last week every run is started twice at the same moment.
 */
describe.runIf(postgresUrl !== null)('every run twice', () => {
  const folder = mkdtempSync(join(tmpdir(), 'cinematch-weeks-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const changes: { readonly workflow: string; readonly before: State; readonly after: State }[] = [];
  let rehearsed: Rehearsed;
  beforeAll(async () => {
    const databaseUrl = await createDatabase(postgresUrl!, `cinematch_rehearsal_${process.pid}`);
    const weeks = await weeklyFiles(folder);
    let isLastWeek = false;
    rehearsed = await rehearse({
      privateRepository: true,
      secrets: { DATABASE_URL: databaseUrl },
      prepare: useFewerRatings,
      beforeWeek: async (week, { source }) => {
        isLastWeek = week === weeks.length;
        const file = weeks[week - 1]!;
        cpSync(file, join(source, 'data', 'batches', basename(file)));
        const config = "export default { batches: [{ kind: 'folder' }] };\n";
        writeFileSync(join(source, 'cinematch.config.ts'), config);
      },
      again: async (runAgain, github) => {
        if (isLastWeek) return;
        const before = await stateOf(github, databaseUrl);
        const { workflow } = await runAgain();
        changes.push({ workflow, before, after: await stateOf(github, databaseUrl) });
      },
      together: () => isLastWeek,
    });
  });

  it.each(['bootstrap', 'train', 'deploy', 'ingest', 'drift'])(
    'changes nothing by running %s again',
    (workflow) => {
      const repeated = changes.filter((change) => change.workflow === workflow);
      expect(repeated.length).toBeGreaterThan(0);
      for (const { before, after } of repeated) expect(after).toEqual(before);
    },
  );

  it('ends as one run of each does, also where two were under way at once', () => {
    expect(brokenPromises(rehearsed)).toEqual([]);
    const lastWeek = rehearsed.runs.slice(-8).map(({ workflow }) => workflow);
    expect(new Set(lastWeek)).toEqual(new Set(['drift', 'train', 'deploy']));
  });

  it('says each thing once on the issue', () => {
    const said = rehearsed.seen.issues[0]?.comments.map((comment) => comment.split('\n')[0]) ?? [];
    expect(said.length).toBeGreaterThan(1);
    expect(new Set(said).size).toBe(said.length);
  });

  it('says that the model is not attested on this plan', () => {
    const annotations = rehearsed.runs.flatMap(({ jobs }) =>
      Object.values(jobs).flatMap(({ steps }) => steps.flatMap((step) => step.annotations)),
    );
    expect(annotations.filter(({ title }) => title === 'Not attested').length).toBeGreaterThanOrEqual(4);
  });
});

/** The weeks that follow what bootstrap loads, as files. */
async function weeklyFiles(directory: string): Promise<readonly string[]> {
  const size = { ...REHEARSED_SIZE, seed: 1, weeks: 3, drift: 1 };
  const { ratings } = generateRatings(syntheticWeeks(size));
  const batches: string[] = [];
  for (const [at, week] of prepareDataset(ratings, { weeks: 3 }).batches.entries()) {
    batches.push(join(directory, `week-${at + 1}.parquet`));
    await writeRatings(batches[at]!, week);
  }
  return batches;
}

interface State {
  readonly seen: SeenOnGithub;
  readonly store: StoreState;
}

async function stateOf(github: EmulatedGithub, databaseUrl: string): Promise<State> {
  const store = await connectStore({ databaseUrl, directory: '' });
  try {
    return { seen: await readGithub(github), store: await storeState(store) };
  } finally {
    await store.close();
  }
}
