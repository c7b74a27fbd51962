/**
 * Prints the figures that the documentation quotes. Nothing here passes or fails: speed is a ratio against a
 * reference measured in the same run, statistics are counted over seeded simulations.
 * `npm run bench -- ingest` runs one part, `npm run bench -- replay --data FOLDER --weeks 8` one on real ratings.
 */
import { parseArgs } from 'node:util';
import { benchDrift } from './drift.ts';
import { benchDriftCheck } from './drift-check.ts';
import { benchIngest } from './ingest.ts';
import { benchPlanted } from './planted.ts';
import { benchQuality } from './quality.ts';
import { benchReplay } from './replay.ts';
import { benchTrain } from './train/parts.ts';

const { values, positionals: asked } = parseArgs({
  allowPositionals: true,
  options: { data: { type: 'string' }, weeks: { type: 'string', default: '8' } },
});

const PARTS = {
  drift: (print: (line: string) => void) => benchDrift(print, { data: values.data }),
  'drift-check': benchDriftCheck,
  ingest: benchIngest,
  planted: (print: (line: string) => void) =>
    benchPlanted(print, { data: values.data, weeks: Number(values.weeks) }),
  quality: (print: (line: string) => void) =>
    benchQuality(print, { data: values.data, weeks: Number(values.weeks) }),
  replay: (print: (line: string) => void) =>
    benchReplay(print, { data: values.data, weeks: Number(values.weeks) }),
  train: (print: (line: string) => void) => benchTrain(print),
} as const;

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
