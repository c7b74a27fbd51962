import { OperatorError } from '../../pipeline/lib/errors.ts';
import { OPTIONAL_SECRETS, type SetupFacts } from '../../pipeline/stages/ingest/preflight.ts';

/**
 * Reads which secrets are set: `DATABASE_URL=true VERCEL_TOKEN=false`; missing names are not set.
 *
 * @throws OperatorError `input-invalid`.
 */
export function readSecrets(text: string): SetupFacts['hasSecret'] {
  const given = new Map(text.split(/\s+/).filter(Boolean).map(readPair));
  const entries = OPTIONAL_SECRETS.map((name) => [name, given.get(name) ?? false]);
  return Object.fromEntries(entries) as SetupFacts['hasSecret'];
}

function readPair(pair: string): readonly [string, boolean] {
  const [, name, value] = /^([A-Z_]+)=(true|false)$/.exec(pair) ?? [];
  if (name !== undefined && (OPTIONAL_SECRETS as readonly string[]).includes(name))
    return [name, value === 'true'];
  throw new OperatorError(
    'input-invalid',
    `The action ingest-ratings cannot start: input "secrets" has ${JSON.stringify(pair)}; it takes NAME=true or NAME=false of ${OPTIONAL_SECRETS.join(', ')}.`,
    'Write whether each is set, never its value, as .github/workflows/bootstrap.yml does.',
  );
}
