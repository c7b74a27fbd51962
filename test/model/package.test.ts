import { expect, test } from 'vitest';
import { encodeModel } from '../../pipeline/model/artifact.ts';
import { goldenPredictions } from '../../pipeline/model/golden.ts';
import type { Manifest } from '../../pipeline/model/manifest.ts';
import { openPackage, packModel } from '../../pipeline/model/package.ts';
import { manifestOf } from '../support/evaluations.ts';
import { learn } from '../train/learn.ts';
import { plantedRatings } from '../train/planted.ts';

const model = await learn('bias', plantedRatings(1, 20, 30, 10).train);
const draft: Manifest = { ...manifestOf(3), algorithm: 'bias' };
const text = (content: string): Uint8Array => new TextEncoder().encode(content);
const packed = packModel(draft, {
  'model.safetensors': encodeModel(model),
  'model-card.md': text('# Model v3\n'),
});

/** The files of the package with some in place of its own; undefined leaves one out. */
function withFiles(
  changes: Readonly<Record<string, Uint8Array | undefined>>,
): ReadonlyMap<string, Uint8Array> {
  const files = new Map(packed.files);
  for (const [name, bytes] of Object.entries(changes)) {
    if (bytes === undefined) files.delete(name);
    else files.set(name, bytes);
  }
  return files;
}

function flipped(name: string): Uint8Array {
  const bytes = (packed.files.get(name) as Uint8Array).slice();
  bytes[bytes.length - 1] = (bytes.at(-1) as number) ^ 1;
  return bytes;
}

test('a package opens with the manifest and the model that went in', () => {
  const opened = openPackage(packed.files, 'model-v3');
  expect(opened.manifest).toEqual(packed.manifest);
  const user = model.users.ids[0] as number;
  expect(opened.model.predict(user, 7)).toEqual(model.predict(user, 7));
});

test('a package of an earlier release opens, whose manifest calls the number of factors lanes', () => {
  const { files: _, ...earlier } = { ...draft, hyperParameters: { 'vb-mf.lanes': 16 } };
  const { files } = packModel(earlier, { 'model.safetensors': encodeModel(model) });
  expect(openPackage(files, 'model-v3').manifest.hyperParameters).toEqual({ 'vb-mf.lanes': 16 });
});

test('the manifest lists size and SHA-256 of every other file', () => {
  // printf '# Model v3\n' | sha256sum
  expect(packed.manifest.files['model-card.md']).toEqual({
    bytes: 11,
    sha256: '17f2ec817616ac55d42ef57da9961f5bccd3b8518155036b950409f11c3b381e',
  });
  expect(Object.keys(packed.manifest.files)).toEqual(['model.safetensors', 'model-card.md']);
});

test('the same content is packed into the same bytes', () => {
  const again = packModel(
    draft,
    Object.fromEntries([...packed.files].filter(([name]) => name !== 'manifest.json')),
  );
  expect(again.files).toEqual(packed.files);
});

test.each<[what: string, files: ReadonlyMap<string, Uint8Array>, said: string]>([
  [
    'one bit of the model turned',
    withFiles({ 'model.safetensors': flipped('model.safetensors') }),
    'model.safetensors has SHA-256',
  ],
  [
    'one bit of the card turned',
    withFiles({ 'model-card.md': flipped('model-card.md') }),
    'model-card.md has SHA-256',
  ],
  [
    'a file cut short',
    withFiles({ 'model-card.md': text('# Model') }),
    'model-card.md has 7 bytes, its manifest.json says 11',
  ],
  ['a file missing', withFiles({ 'model-card.md': undefined }), 'model-card.md is missing'],
  ['no model', withFiles({ 'model.safetensors': undefined }), 'model.safetensors is missing'],
  ['a file nobody listed', withFiles({ 'postinstall.js': text('alert(1)') }), 'postinstall.js is not listed'],
  ['no manifest', withFiles({ 'manifest.json': undefined }), 'manifest.json is missing'],
  ['a manifest that is not JSON', withFiles({ 'manifest.json': text('{') }), 'manifest.json is not JSON'],
  ['a manifest of the future', withFiles({ 'manifest.json': text('{"schema":2}') }), 'schema: '],
  ['an empty manifest', withFiles({ 'manifest.json': text('null') }), '(root): '],
])('a package with %s is refused by name', (_what, files, said) => {
  expect(() => openPackage(files, 'model-v3')).toThrow(
    expect.objectContaining({ code: 'model-invalid', message: expect.stringContaining(said) }),
  );
});

test('a manifest that lists no model is refused', () => {
  const { files } = packModel(draft, { 'model-card.md': text('# Model v3\n') });
  expect(() => openPackage(files, 'model-v3')).toThrow('model.safetensors is missing');
});

test('a manifest that names another algorithm than its model is refused', () => {
  const { files } = packModel({ ...draft, algorithm: 'vb-mf' }, { 'model.safetensors': encodeModel(model) });
  expect(() => openPackage(files, 'model-v3')).toThrow('model.safetensors was made by bias');
});

const bias = encodeModel(model);
const withGolden = { ...draft, golden: [...goldenPredictions(model)] };
const forged = (changed: Partial<typeof draft>): ReadonlyMap<string, Uint8Array> =>
  packModel({ ...withGolden, ...changed }, { 'model.safetensors': bias }).files;

test('a model predicts what its manifest says, or it is not opened', () => {
  expect(openPackage(forged({}), 'model-v3').manifest.golden).toHaveLength(withGolden.golden.length);
  for (const at of [0, -1]) {
    const golden = withGolden.golden.map((prediction) => ({ ...prediction }));
    const changed = golden.at(at) as (typeof golden)[number];
    const said = `model-v3 cannot be trusted: model.safetensors does not give the predictions in its manifest.json: for user ${changed.user} and movie ${changed.movie} it predicts ${changed.rating} stars instead of 1.25.`;
    changed.rating = 1.25;
    expect(() => openPackage(forged({ golden }), 'model-v3')).toThrow(said);
  }
});

test('factors that were changed, with every digest made to fit, are found by what they predict', async () => {
  const other = await learn('bias', plantedRatings(2, 20, 30, 10).train);
  const { files } = packModel(withGolden, { 'model.safetensors': encodeModel(other) });
  expect(() => openPackage(files, 'model-v3')).toThrow('does not give the predictions in its manifest.json');
});
