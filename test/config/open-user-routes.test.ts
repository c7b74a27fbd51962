import { expect, test } from 'vitest';
import shipped from '../../cinematch.config.ts';
import { userRoutesOf } from '../../pipeline/config/open-user-routes.ts';
import { configSchema } from '../../pipeline/config.ts';

test.each([
  ['a simulation', [{ kind: 'simulation' }], 'open'],
  ['a simulation beside feedback, as it is by default', undefined, 'open'],
  ['feedback of an app', [{ kind: 'feedback' }], 'exposed'],
  ['files', [{ kind: 'folder' }], 'exposed'],
  ['a simulation beside files', [{ kind: 'simulation' }, { kind: 'folder' }], 'exposed'],
] as const)('open routes about users with %s are %s', (_, batches, expected) => {
  const config = configSchema.parse({
    serve: { userRoutes: 'open' },
    ...(batches && { batches: [...batches] }),
  });
  expect(userRoutesOf(config)).toBe(expected);
});

test('routes about users need a key unless the configuration says otherwise, as the shipped one does', () => {
  expect(userRoutesOf(configSchema.parse({ batches: [{ kind: 'folder' }] }))).toBe('keyed');
  expect(userRoutesOf(configSchema.parse(shipped))).toBe('open');
});
