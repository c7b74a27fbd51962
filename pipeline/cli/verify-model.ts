import { Command } from 'commander';
import { readPackage } from '../model/package-folder.ts';
import { formatBytes, formatCount } from '../reports/numbers.ts';
import type { Terminal } from './terminal.ts';

/** `cinematch models verify`: a release that was downloaded, checked without any database or network. */
export function verifyCommand(terminal: Terminal): Command {
  return new Command('verify')
    .description('check a folder that holds a released model: digests of all files, shapes of the model')
    .argument('<folder>', 'where the files of the release are')
    .option('--json', 'print JSON')
    .action(async (folder: string, options: { readonly json?: boolean }) => {
      const { manifest, model } = await readPackage(folder);
      if (options.json === true) {
        terminal.printJson({ ...manifest, verified: true });
        return;
      }
      terminal.printTable(
        ['File', 'Size', 'SHA-256 (verified)'],
        Object.entries(manifest.files).map(([name, { bytes, sha256 }]) => [name, formatBytes(bytes), sha256]),
      );
      terminal.print();
      terminal.print(
        `Model v${manifest.version} (${model.algorithm}) of ${formatCount(model.users.size)} users and ${formatCount(model.movies.size)} movies is what its manifest says`,
      );
    });
}
