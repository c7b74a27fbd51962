import { openLocalForge } from '../../pipeline/forge/open-local-forge.ts';

/**
 * A process that works on a forge until it is done or killed: `use-forge.ts DIRECTORY NAME ROUNDS`.
 * It opens the issue all such processes share and one of its own, comments on both, and releases.
 */
const [directory = '', name = '', rounds = '0'] = process.argv.slice(2);
const forge = openLocalForge(directory, () => new Date());

const shared = await forge.issues.open({ marker: '<!-- shared -->', title: 'Shared', body: 'x', labels: [] });
const own = await forge.issues.open({ marker: `<!-- ${name} -->`, title: name, body: 'y', labels: [] });
for (let round = 1; round <= Number(rounds); round++) {
  await forge.issues.comment(shared.number, `${name} ${round}`);
  await forge.issues.update(own.number, { body: `<!-- ${name} -->\n\n${'long '.repeat(2000)}${round}` });
  const tag = `${name}-${round}`;
  await forge.releases.draft({ tag, title: tag, body: 'notes' });
  await forge.releases.upload(tag, 'model.bin', new Uint8Array(100_000).fill(round));
  await forge.releases.publish(tag);
  await forge.releases.promote(tag);
  process.stdout.write(`${round}\n`);
}
