/**
 * A process that moves one database into another: `node moving-process.ts SOURCE TARGET`, each a directory or a URL.
 * It prints a line for each slice and the outcome at the end. The slices are small, so that there are many.
 */
import { writeSync } from 'node:fs';
import { connectStore } from '../../pipeline/store/connect.ts';
import { moveDatabase } from '../../pipeline/store/move/move-database.ts';

const [source, target] = await Promise.all(
  process.argv
    .slice(2, 4)
    .map((place) =>
      connectStore(
        place.startsWith('postgres:') ? { databaseUrl: place, directory: '' } : { directory: place },
      ),
    ),
);
if (source === undefined || target === undefined) throw new Error('a source and a target are needed');
const print = (line: string): number => writeSync(1, `${line}\n`);
const outcome = await moveDatabase({ source, target, onProgress: () => print('slice'), sliceBytes: 20_000 });
print(JSON.stringify(outcome));
await source.close();
await target.close();
