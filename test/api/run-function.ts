/**
 * Loads the function as Vercel does, once for each folder that is an argument, with that folder as the working
 * directory. It prints the folder to standard output before, and the URL to standard error after.
 */
import { listen } from '../../api/listen.ts';

for (const [at, folder] of process.argv.slice(2).entries()) {
  process.chdir(folder);
  process.stdout.write(`${JSON.stringify({ folder })}\n`);
  // The query makes it another module: its top level runs again.
  const { default: entry } = await import(`../../api/index.ts?${at}`);
  const { port } = await listen((request) => entry.fetch(request), { port: 0, hostname: '127.0.0.1' });
  process.stderr.write(`http://127.0.0.1:${port}\n`);
}
