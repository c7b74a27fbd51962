/** Writes the bundle of the champion into a folder, opens it, and prints its size and how long opening took. */

import { stopwatch, withEnvironmentPipeline } from '../../../pipeline/cli/terminal/open-pipeline.ts';
import { openTerminal } from '../../../pipeline/cli/terminal/terminal.ts';
import { writeFiles } from '../../../pipeline/model/package-folder.ts';
import { readServing } from '../../../pipeline/serving/serving-folder.ts';
import { loadReleasedPackage } from '../../../pipeline/stages/champion/released-package.ts';
import { assembleServing } from '../../../pipeline/stages/release/assemble-serving.ts';

const [folder = 'bundle'] = process.argv.slice(2);
const terminal = openTerminal(process.stdout, process.stderr);
await withEnvironmentPipeline(terminal, undefined, 'read', async (pipeline) => {
  await writeFiles(folder, await assembleServing(pipeline, await loadReleasedPackage(pipeline)));
});
const started = stopwatch();
const { bundle } = await readServing(folder);
const openSeconds = (stopwatch() - started) / 1000;
const bytes = Object.values(bundle.parts).reduce((sum, part) => sum + part.bytes, 0);
terminal.printJson({ bytes, openSeconds });
