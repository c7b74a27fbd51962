import { type ErrorCode, OperatorError } from '../lib/errors.ts';

/** What a database cannot do for now, or may not do, and what its operator does about it. */
interface Failure {
  /** SQLSTATE of a server, or the code of a failed connection. */
  readonly codes: RegExp;
  readonly code: ErrorCode;
  /** After "The database (HOST/NAME)". */
  readonly says: string;
  readonly remedy: string;
}

const UNREACHABLE: Failure = {
  // Connection, login, database, resources, shutdown; then codes of postgres.js, the system and TLS.
  codes:
    /^((08|28|3D|53|57)...|CONNECT\w*|E(CONN|HOST|NET)[A-Z]+|EPIPE|EPROTO|ETIMEDOUT|ENOTFOUND|EADDRNOTAVAIL|EAI_\w+|CERT_\w+|UNABLE_TO_\w+|SELF_SIGNED\w*|DEPTH_ZERO\w*|ERR_TLS_\w+|ERR_SSL_\w+)$/,
  code: 'store-unavailable',
  says: 'cannot be reached',
  remedy:
    'Check DATABASE_URL, the network and that the server runs. For a server without TLS on a trusted network, add ?sslmode=disable. For a private certificate authority, set NODE_EXTRA_CA_CERTS.',
};

/**
 * Every failure of a database that is not a bug, by its code, the first match first.
 *
 * SQLSTATE: https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
const FAILURES: readonly Failure[] = [
  {
    codes: /^42501$/,
    code: 'store-denied',
    says: 'does not allow this to the role of the connection',
    remedy:
      'Migrate as the owner of the database, and grant the role the rest: see store-denied in docs/operations.md.',
  },
  {
    codes: /^25006$/,
    code: 'store-read-only',
    says: 'only reads',
    remedy:
      'It is a standby, its host has stopped writes (a full disk, a limit of the plan), or default_transaction_read_only is set. Set DATABASE_URL to the primary, or let the host allow writes again.',
  },
  {
    codes: /^(57014|55P03|25P03|25P04|57P05)$/,
    code: 'store-timeout',
    says: 'ended the work because of a time limit',
    remedy:
      'Run it again when the server has less to do. If it happens again, raise the limit for the role of the connection: ALTER ROLE name SET statement_timeout = 0 (lock_timeout and idle_in_transaction_session_timeout alike).',
  },
  {
    codes: /^53100$/,
    code: 'store-full',
    says: 'has no disk space left',
    remedy:
      'Nothing of this was stored. Free space on the disk of the database, then run it again. `cinematch status` shows the size of each table.',
  },
  {
    codes: /^(XX001|XX002|58030|58P01)$/,
    code: 'store-damaged',
    says: 'cannot read its own files',
    remedy:
      'Look at the log of the server and at its disk. Restore the database from a backup; without one: "Begin anew" in docs/operations.md.',
  },
  {
    codes: /^(40001|40P01)$/,
    code: 'store-busy',
    says: 'ended this work because another program changed the same rows',
    remedy: 'Nothing of this was stored. Run it again.',
  },
  {
    codes: /^(42P01|42703|3F000)$/,
    code: 'store-schema',
    says: 'does not have the tables that this program needs',
    remedy: 'Update the schema: cinematch migrate.',
  },
  UNREACHABLE,
];

/**
 * An error of the database as one that its operator can act on. The reason comes from the server or the system, never
 * from the URL.
 *
 * @param description of the store: `127.0.0.1:5432/films`.
 * @returns null for any other error, which is a bug.
 */
export function databaseFailure(description: string, error: unknown): OperatorError | null {
  const { code, message, syscall } = (error ?? {}) as Readonly<Record<string, string | undefined>>;
  if (typeof code !== 'string' || error instanceof OperatorError) return null;
  const failure = syscall === 'connect' ? UNREACHABLE : FAILURES.find(({ codes }) => codes.test(code));
  if (failure === undefined) return null;
  return errorOf(failure, description, message || code, error);
}

function errorOf(
  { code, says, remedy }: Failure,
  description: string,
  reason: string,
  cause: unknown,
): OperatorError {
  return new OperatorError(code, `The database (${description}) ${says}: ${reason}.`, remedy, { cause });
}

/** The error of a connection that failed in any way. */
export function unreachable(description: string, cause: unknown): OperatorError {
  const { code, message } = cause as { readonly code?: string; readonly message?: string };
  const reason = message || code || 'no reason given';
  return databaseFailure(description, cause) ?? errorOf(UNREACHABLE, description, reason, cause);
}
