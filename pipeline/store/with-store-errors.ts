import { databaseFailure } from './database-failure.ts';
import type { Store } from './store.ts';

/**
 * Runs work on a store, and makes what its operator can mend an error that says how.
 *
 * @throws OperatorError of `databaseFailure`. Other errors are rethrown.
 */
export async function withStoreErrors<T>(
  { description }: Pick<Store, 'description'>,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw databaseFailure(description, error) ?? error;
  }
}
