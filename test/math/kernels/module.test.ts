import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { RANGE_KERNELS } from '../../../pipeline/math/compute/work-queue.mjs';

const root = join(import.meta.dirname, '../../..');
const committed = readFileSync(join(root, 'pipeline/math/kernels/kernels.wasm'));

test('the committed module equals the compiled sources', () => {
  const folder = mkdtempSync(join(tmpdir(), 'kernels-'));
  try {
    const fresh = join(folder, 'kernels.wasm');
    const asc = join(root, 'node_modules/assemblyscript/bin/asc.js');
    const args = ['--config', 'pipeline/math/kernels/asconfig.json', '--outFile', fresh];
    const { status, stderr } = spawnSync(process.execPath, [asc, ...args], { cwd: root, encoding: 'utf8' });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(
      readFileSync(fresh).equals(committed),
      'pipeline/math/kernels/kernels.wasm differs from its compiled sources: run npm run kernels',
    ).toBe(true);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('the module is a few kilobytes', () => {
  expect(committed.length).toBeLessThan(32 * 1024);
});

test('the module imports only memory', () => {
  const module = new WebAssembly.Module(committed);
  expect(WebAssembly.Module.imports(module)).toEqual([{ module: 'env', name: 'memory', kind: 'memory' }]);
});

test('the module exports every range kernel', () => {
  const exported = WebAssembly.Module.exports(new WebAssembly.Module(committed));
  const functions = exported.filter(({ kind }) => kind === 'function').map(({ name }) => name);
  expect(functions).toEqual(expect.arrayContaining([...RANGE_KERNELS]));
});
