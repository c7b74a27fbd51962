/** Writes the OpenAPI document to a file, for the linters: `node test/docs/write-openapi.ts FILE`. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { argv } from 'node:process';
import { startApi } from '../api/start-api.ts';
import { smallServing } from '../support/small-world.ts';

const [, , file] = argv;
if (file === undefined) throw new Error('Name the file: node test/docs/write-openapi.ts FILE');
const api = startApi({ serving: await smallServing() });
mkdirSync(dirname(file), { recursive: true });
writeFileSync(file, await (await api.get('/api/openapi.json')).text());
