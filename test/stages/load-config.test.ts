import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import type { ConfigInput } from '../../pipeline/config.ts';
import type { OperatorError } from '../../pipeline/lib/errors.ts';
import { loadConfig, parseConfig } from '../../pipeline/stages/load-config.ts';

function problemsOf(input: ConfigInput): readonly string[] {
  try {
    parseConfig(input, 'the test');
    return [];
  } catch (error) {
    expect(error).toMatchObject({ code: 'config-invalid' });
    return (error as OperatorError).message.split('\n- ').slice(1);
  }
}

describe('the algorithm', () => {
  it.each<[string, ConfigInput, readonly string[]]>([
    [
      'a name that is misspelled',
      { train: { algorithm: 'vb-fm+ials' } },
      [
        'train.algorithm is "vb-fm+ials". Did you mean "vb-mf+ials"? Accepted: vb-mf+ials, vb-mf+ease, sgd-mf+ials, sgd-mf+ease, als+ials, als+ease, vb-mf, sgd-mf, als, ials, ease, bias, popularity.',
      ],
    ],
    [
      'a pair in the wrong order',
      { train: { algorithm: 'ials+vb-mf', hyperParameters: { anything: 1 } } },
      ['train.algorithm is "ials+vb-mf".'],
    ],
    [
      'a hyper-parameter that is misspelled',
      { train: { algorithm: 'sgd-mf', hyperParameters: { factor: 8 } } },
      [
        'train.hyperParameters.factor is not a setting. Did you mean factors? Accepted: the hyper-parameters of sgd-mf: factors,',
      ],
    ],
    [
      'a hyper-parameter without the name of its part',
      { train: { hyperParameters: { sweeps: 8 } } },
      ['train.hyperParameters.sweeps is not a setting. Did you mean ials.sweeps?'],
    ],
    [
      'a value out of its range and one that is no multiple, both at once',
      { train: { hyperParameters: { 'vb-mf.sweeps': 0, 'ials.factors': 12 } } },
      [
        'train.hyperParameters["vb-mf.sweeps"] is 0. Accepted: 1 to 1000, whole.',
        'train.hyperParameters["ials.factors"] is 12. Accepted: 8 to 256, a multiple of 8.',
      ],
    ],
    [
      'fewer movies with an algorithm that needs all of them',
      { train: { algorithm: 'vb-mf+ease' }, serve: { movies: 100 } },
      ['serve.movies is 100. Accepted: null, because a model of vb-mf+ease cannot leave movies out.'],
    ],
    ['its own hyper-parameters', { train: { algorithm: 'ease', hyperParameters: { catalogue: 500 } } }, []],
    ['fewer movies with another algorithm', { serve: { movies: 100 } }, []],
  ])('%s', (_, input, expected) => {
    const found = problemsOf(input);
    expect(found).toHaveLength(expected.length);
    for (const [at, text] of expected.entries()) expect(found[at]).toContain(text);
  });

  it('is not judged by hyper-parameters when its name has the wrong type', () => {
    const input = { train: { algorithm: 5, hyperParameters: { factors: 8 } } } as unknown as ConfigInput;
    expect(problemsOf(input)).toEqual(['train.algorithm is 5. Accepted: the name of an algorithm.']);
  });
});

/** Files that are no configuration, and what the error says of them. */
const FILES: readonly (readonly [file: string, text: string, message: RegExp])[] = [
  [
    'syntax-error.ts',
    'export default {\n  b: = 2 };',
    /cannot be loaded: SyntaxError: Expression expected, at .*:2\.$/,
  ],
  ['enum.ts', 'enum A { x }\nexport default {};', /strip-only mode, at .*:1\.$/],
  ['unfinished.ts', 'export default {', /cannot be loaded: SyntaxError: /],
  ['throws-an-error.ts', '\nthrow new Error("no luck");', /cannot be loaded: Error: no luck, at .*:2\.$/],
  ['throws-a-text.ts', 'throw "no luck";', /cannot be loaded: no luck\.$/],
  ['unknown-name.ts', 'export default { dataset: x };', /ReferenceError: x is not defined/],
  ['missing-import.ts', 'import "./none.ts";\nexport default {};', /Cannot find module .*none\.ts/],
  ['no-default-export.ts', 'export const config = {};', /has no default export\.$/],
  ['empty-default-export.ts', 'export default undefined;', /the default export is missing\./],
  ['promise.ts', 'export default Promise.resolve({});', /an object of type Promise/],
  [
    'secret.ts',
    'throw new Error("postgres://me:s3cret@host/db?key=s3cret");',
    /Error: postgres:\/\/…@host\/db\?…/,
  ],
];

describe('a file that is no configuration', () => {
  let folder: string;
  let errors: readonly { readonly code: string; readonly message: string }[];
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'cinematch-config-'));
    for (const [file, text] of FILES) await writeFile(join(folder, file), text);
    // Node itself loads them: a test runner would compile them in its own way.
    const script = `
      const [module, ...files] = process.argv.slice(1);
      const { loadConfig } = await import(module);
      const errors = files.map((file) => loadConfig(file).catch(({ code, message }) => ({ code, message })));
      console.log(JSON.stringify(await Promise.all(errors)));`;
    const module = join(import.meta.dirname, '../../pipeline/stages/load-config.ts');
    const files = FILES.map(([file]) => join(folder, file));
    const { stdout } = await promisify(execFile)(process.execPath, [
      '--input-type=module',
      '--eval',
      script,
      module,
      ...files,
    ]);
    errors = JSON.parse(stdout);
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it.each(FILES)('%s', (file, _, message) => {
    const error = errors[FILES.findIndex(([name]) => name === file)];
    expect(error).toMatchObject({ code: 'config-invalid', message: expect.stringMatching(message) });
    expect(error?.message).toContain(join(folder, file));
    expect(error?.message).not.toContain('    at ');
    expect(error?.message).not.toContain('s3cret');
  });

  it.each(['no-such.ts', '.'])('%s is no file', async (name) => {
    await expect(loadConfig(join(folder, name))).rejects.toMatchObject({ code: 'config-invalid' });
  });
});

test('the file of this repository is a configuration', async () => {
  const file = join(import.meta.dirname, '../../cinematch.config.ts');
  expect(await loadConfig(file)).toMatchObject({ dataset: 'ratings', drift: { preset: 'robust' } });
});
