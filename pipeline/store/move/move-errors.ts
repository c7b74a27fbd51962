import { OperatorError } from '../../lib/errors.ts';
import type { Store } from '../store.ts';
import type { UnfinishedMove } from '../unfinished-move.ts';
import type { FilledTable } from './target.ts';

type Place = Pick<Store, 'description'>;

const SHOWN_TABLES = 3;
const RESTART =
  'To empty it and begin again: `cinematch data move` with --restart. On GitHub create the database anew, and run `bootstrap` with `carry-over` again.';

/** The target is not empty, and its content is not that of the source. */
export function isUsed({ description }: Place, tables: readonly FilledTable[]): OperatorError {
  const largest = [...tables].sort((a, b) => b.rows - a.rows).slice(0, SHOWN_TABLES);
  const list = largest.map(({ name, rows }) => `${name} (${rows} ${rows === 1 ? 'row' : 'rows'})`);
  const left = tables.length - largest.length;
  return new OperatorError(
    'state-conflict',
    `The database (${description}) is not empty. It has ${list.join(', ')}${left === 0 ? '' : ` and ${left} more`}. Nothing was moved.`,
    'Move into an empty database. If nobody needs the content of this one: create the database of the server anew, or move the folder of the embedded one away.',
  );
}

/** The target holds part of another database, or of another state of the source. */
export function isAnother({ description }: Place, { beganAt }: UnfinishedMove): OperatorError {
  return new OperatorError(
    'state-conflict',
    `The database (${description}) holds an unfinished move that began at ${beganAt.toISOString()}, of another database or of an earlier state of this one.`,
    RESTART,
  );
}

/** The target differs from the source after the move, or cannot be part of it. */
export function isDifferent({ description }: Place, tables: readonly string[]): OperatorError {
  return new OperatorError(
    'state-conflict',
    `The database (${description}) differs from the one that was moved: ${tables.join(', ')}. Either the source has changed since the move began, or somebody changed the copy.`,
    `The copy stays marked as unfinished. ${RESTART}`,
  );
}
