import { OperatorError } from '../../pipeline/lib/errors.ts';
import type { OptionalSecret, SetupFacts } from '../../pipeline/stages/ingest/preflight.ts';

const SECRETS: readonly OptionalSecret[] = [
  'DATABASE_URL',
  'VERCEL_TOKEN',
  'MLFLOW_TRACKING_URI',
  'ALERT_WEBHOOK_URL',
];

/**
 * Reads which secrets are set: `DATABASE_URL=true VERCEL_TOKEN=false`; missing names are not set.
 *
 * @throws OperatorError `input-invalid`.
 */
export function readSecrets(text: string): SetupFacts['hasSecret'] {
  const given = new Map(text.split(/\s+/).filter(Boolean).map(readPair));
  return Object.fromEntries(SECRETS.map((name) => [name, given.get(name) ?? false])) as Record<
    OptionalSecret,
    boolean
  >;
}

function readPair(pair: string): readonly [string, boolean] {
  const [, name, value] = /^([A-Z_]+)=(true|false)$/.exec(pair) ?? [];
  if (name !== undefined && (SECRETS as readonly string[]).includes(name)) return [name, value === 'true'];
  throw new OperatorError(
    'input-invalid',
    `The action ingest-ratings cannot start: input "secrets" has ${JSON.stringify(pair)}; it takes NAME=true or NAME=false of ${SECRETS.join(', ')}.`,
    'Write whether each is set, never its value, as .github/workflows/bootstrap.yml does.',
  );
}
