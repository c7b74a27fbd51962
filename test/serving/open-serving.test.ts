/** What is verified of a bundle before anything is answered from it, and how damage is told. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sha256 } from '../../pipeline/lib/digest.ts';
import { OperatorError } from '../../pipeline/lib/errors.ts';
import { openServing } from '../../pipeline/serving/open-serving.ts';
import { BUNDLE_FILE, type Bundle, type ServingFiles } from '../../pipeline/serving/serving-files.ts';
import { STATUS, servingOf } from '../support/serving.ts';
import { NEWCOMER, smallWorld } from '../support/small-world.ts';

const world = await smallWorld();
const { files, manifest } = servingOf(world);
type Files = ServingFiles['files'];
const PARTS = [
  'catalogue.bin',
  'manifest.json',
  'model.safetensors',
  'neighbours.bin',
  'seen.bin',
  'status.json',
];

const withFile = (name: string, bytes: Uint8Array | null): Files => {
  const changed = new Map(files);
  if (bytes === null) changed.delete(name);
  else changed.set(name, bytes);
  return changed;
};
const bundleIn = (of: Files): Bundle => JSON.parse(new TextDecoder().decode(of.get(BUNDLE_FILE)));
const withBundle = (of: Files, facts: Partial<Bundle>): Files =>
  new Map(of).set(BUNDLE_FILE, Buffer.from(JSON.stringify({ ...bundleIn(of), ...facts })));
/** A part in place of another, and listed as if it belonged there. */
function swapped(name: string, bytes: Uint8Array): Files {
  const listed = { bytes: bytes.length, sha256: sha256(bytes) };
  return withBundle(withFile(name, bytes), { parts: { ...bundleIn(files).parts, [name]: listed } });
}
const part = (name: string): Uint8Array => files.get(name) as Uint8Array;
function flipped(bytes: Uint8Array, at: number, bits = 1): Uint8Array {
  const copy = Uint8Array.from(bytes);
  copy[at] = (copy[at] as number) ^ bits;
  return copy;
}
const refusal = (message: string) =>
  expect.objectContaining({
    code: 'model-invalid',
    message: expect.stringContaining(message),
    remedy: expect.stringContaining('cinematch deploy'),
  });

test('a bundle that is whole is opened, and all that went in is in it', () => {
  const serving = openServing(files, 'model v3');
  expect(serving.manifest).toEqual(manifest);
  expect(serving.status).toEqual(STATUS);
  expect(serving.modelSha256).toBe(sha256(part('model.safetensors')));
  expect(serving.catalogue.movies.size).toBe(world.movies.length);
  expect(serving.seen?.ratingsOf(NEWCOMER)).toHaveLength(8);
  expect([...serving.search('unseen')]).toEqual([world.movies.length - 1]);
  for (const { user, movie, rating } of serving.bundle.golden) {
    expect(serving.model.predict(Number(user), Number(movie)).rating).toBe(rating);
  }
});

test('a bundle whose ratings are in the database has none of its own', () => {
  const { files: without } = servingOf({ ...world, facts: { seen: 'database' } });
  expect(without.has('seen.bin')).toBe(false);
  expect(openServing(without, 'x').seen).toBeNull();
});

test.each(PARTS)('a bundle with a bit of %s turned over is refused by name', (name) => {
  const bytes = part(name);
  for (const at of [0, bytes.length >> 1, bytes.length - 1]) {
    expect(() => openServing(withFile(name, flipped(bytes, at)), 'model v3')).toThrow(
      refusal(`The bundle model v3 cannot be served: ${name} has SHA-256`),
    );
  }
});

test.each([...PARTS, BUNDLE_FILE])('a bundle without %s is refused by name', (name) => {
  expect(() => openServing(withFile(name, null), 'model v3')).toThrow(
    refusal(`The bundle model v3 cannot be served: ${name} is missing.`),
  );
});

test('a file that nobody listed is refused by name', () => {
  for (const name of ['notes.txt', 'toString', '__proto__']) {
    expect(() => openServing(withFile(name, new Uint8Array(1)), 'x')).toThrow(
      refusal(`${name} is not listed in its bundle.json`),
    );
  }
});

test.each(['seen.bin', 'catalogue.bin', 'status.json', 'manifest.json', 'model.safetensors'])(
  'a part that is not listed at all is refused: %s',
  (name) => {
    const { [name]: _, ...parts } = bundleIn(files).parts;
    expect(() => openServing(withBundle(withFile(name, null), { parts }), 'x')).toThrow(
      expect.objectContaining({
        code: 'model-invalid',
        message: expect.stringContaining(name),
      }),
    );
  },
);

test.each<[what: string, changed: Files, said: string]>([
  ['a head that is no JSON', withFile(BUNDLE_FILE, Buffer.from('{')), 'bundle.json cannot be read'],
  ['a head of another kind', withFile(BUNDLE_FILE, Buffer.from('[]')), 'bundle.json cannot be read'],
  [
    'the manifest of another version',
    withBundle(files, { modelVersion: 4 }),
    'its manifest is of model v3, not of v4',
  ],
  [
    'the status of no pipeline',
    swapped('status.json', Buffer.from('{"at":"yesterday"}')),
    'status.json cannot be read',
  ],
  [
    'a model that its manifest does not list',
    swapped('model.safetensors', flipped(part('model.safetensors'), part('model.safetensors').length - 1)),
    'model.safetensors is not the file that its manifest.json lists',
  ],
])('a bundle with %s is refused', (_what, changed, said) => {
  expect(() => openServing(changed, 'x')).toThrow(refusal(said));
});

test.each(['catalogue.bin', 'seen.bin', 'status.json'])(
  '%s that was written short, whatever its length, is refused by name',
  (name) => {
    const bytes = part(name);
    for (let length = 0; length < bytes.length; length++) {
      expect(() => openServing(swapped(name, bytes.subarray(0, length)), 'x'), `${length} bytes`).toThrow(
        expect.objectContaining({ code: 'model-invalid', message: expect.stringContaining(name) }),
      );
    }
  },
);

test('a part that was written wrong is opened or refused, and nothing else', () => {
  const names = ['catalogue.bin', 'seen.bin', 'status.json', 'manifest.json'];
  fc.assert(
    fc.property(fc.constantFrom(...names), fc.nat(), fc.integer({ min: 1, max: 255 }), (name, at, bits) => {
      const bytes = part(name);
      try {
        openServing(swapped(name, flipped(bytes, at % bytes.length, bits)), 'x');
      } catch (error) {
        if (!(error instanceof OperatorError)) throw error;
        expect(error.code).toBe('model-invalid');
      }
    }),
    { seed: 1, numRuns: 600 },
  );
});
