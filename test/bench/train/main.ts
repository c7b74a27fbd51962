/** `npm run bench:train` runs all parts of the training bench, `npm run bench:train -- sgd vb` two of them. */
import { benchTrain, PART_NAMES } from './parts.ts';

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !PART_NAMES.includes(name));
if (unknown.length > 0) {
  console.error(`No such part: ${unknown.join(', ')}. There are ${PART_NAMES.join(', ')}.`);
  process.exit(2);
}
await benchTrain((line) => console.log(line), asked.length > 0 ? asked : undefined);
