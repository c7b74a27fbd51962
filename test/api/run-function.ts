/** Loads the function as Vercel does, with the folder it is started in as its own, and says where it answers. */
import { listen } from '../../pipeline/cli/listen.ts';

const { default: entry } = await import('../../api/index.ts');
const { fetch } = entry;
const { port } = await listen((request) => fetch(request), { port: 0, hostname: '127.0.0.1' });
process.stderr.write(`http://127.0.0.1:${port}\n`);
