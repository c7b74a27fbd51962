/** `npm run bench:api` runs all parts of the API's bench, `npm run bench:api -- serve kernels` two of them. */
import { benchApi, PART_NAMES } from './parts.ts';

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !PART_NAMES.includes(name));
if (unknown.length > 0) {
  console.error(`No such part: ${unknown.join(', ')}. There are ${PART_NAMES.join(', ')}.`);
  process.exit(2);
}
await benchApi((line) => console.log(line), asked.length > 0 ? asked : undefined);
