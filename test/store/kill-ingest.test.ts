import { expect, inject, test } from 'vitest';
import { killIngestEmbedded, killIngestOnServer } from './kill-ingest.ts';

const whole = { partial: 0, equalsCleanRun: true };

test('killed six times, the embedded database equals that of a run without kills', {
  timeout: 60_000,
}, async () => {
  const report = await killIngestEmbedded(6, 1);
  expect(report).toMatchObject(whole);
  expect(report.insideIngestion).toBeGreaterThan(0);
});

const serverUrl = inject('postgresUrl');

test.runIf(serverUrl !== null)(
  'killed ten times, a database on a server equals that of a run without kills',
  { timeout: 60_000 },
  async () => {
    const report = await killIngestOnServer(10, 1, serverUrl as string);
    expect(report).toMatchObject(whole);
    expect(report.insideIngestion).toBeGreaterThan(0);
  },
);
