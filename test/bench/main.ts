/**
 * Prints the figures that the documentation quotes. Nothing here passes or fails: speed is a ratio against a
 * reference measured in the same run, statistics are counted over seeded simulations.
 * `npm run bench -- ingest` runs one part.
 */
import { benchDrift } from './drift.ts';
import { benchDriftCheck } from './drift-check.ts';
import { benchIngest } from './ingest.ts';
import { benchTrain } from './train/parts.ts';

const PARTS = {
  drift: benchDrift,
  'drift-check': benchDriftCheck,
  ingest: benchIngest,
  train: (print: (line: string) => void) => benchTrain(print),
} as const;

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !Object.hasOwn(PARTS, name));
if (unknown.length > 0) {
  console.error(`No such part: ${unknown.join(', ')}. There are ${Object.keys(PARTS).join(', ')}.`);
  process.exit(2);
}
for (const [name, run] of Object.entries(PARTS)) {
  if (asked.length > 0 && !asked.includes(name)) continue;
  console.log(`# ${name}`);
  await run((line) => console.log(line));
  console.log();
}
