import { expect, inject, test } from 'vitest';
import { SWEEP_NOTE, sweepSize } from '../support/sweep.ts';
import { killIngestEmbedded, killIngestOnServer } from './kill-ingest.ts';

const whole = { partial: 0, equalsCleanRun: true };

test('after kills, the embedded database equals that of a run without kills', async () => {
  const report = await killIngestEmbedded(sweepSize(200, 5), 1);
  expect(report, SWEEP_NOTE).toMatchObject(whole);
  expect(report.insideIngestion).toBeGreaterThan(0);
});

const serverUrl = inject('postgresUrl');

test.runIf(serverUrl !== null)(
  'after kills, a database on a server equals that of a run without kills',
  async () => {
    const report = await killIngestOnServer(sweepSize(200, 8), 1, serverUrl as string);
    expect(report, SWEEP_NOTE).toMatchObject(whole);
    expect(report.insideIngestion).toBeGreaterThan(0);
  },
);
