import { expect, inject, test } from 'vitest';
import { killIngestEmbedded, killIngestOnServer } from './kill-ingest.ts';

const whole = { partial: 0, equalsCleanRun: true };

test('after five kills, the embedded database equals that of a run without kills', async () => {
  const report = await killIngestEmbedded(5, 1);
  expect(report).toMatchObject(whole);
  expect(report.insideIngestion).toBeGreaterThan(0);
});

const serverUrl = inject('postgresUrl');

test.runIf(serverUrl !== null)(
  'killed eight times, a database on a server equals that of a run without kills',
  async () => {
    const report = await killIngestOnServer(8, 1, serverUrl as string);
    expect(report).toMatchObject(whole);
    expect(report.insideIngestion).toBeGreaterThan(0);
  },
);
