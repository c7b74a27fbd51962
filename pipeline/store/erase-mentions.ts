import type postgres from 'postgres';
import type { Explanation } from '../drift/explain/explanation.ts';
import type { DriftCheck } from '../drift/signal.ts';
import { type QualityFinding, userIn, withoutUser } from '../quality/finding.ts';
import { jsonValue } from './json.ts';
import { readKeptOut, type StoredUser } from './tombstones.ts';

/** What stands for an erased user in a report. */
const ERASED = 'an erased user';

/**
 * Takes a user out of stored reports: the users who contribute most to what a check found, the finding about the largest
 * user of a batch, and rejected rows. The numbers of the reports stay.
 *
 * @returns how many rows were changed, and how many rejected rows were deleted.
 */
export async function eraseMentions(
  sql: postgres.TransactionSql,
  user: StoredUser & { readonly id: number },
): Promise<{ readonly reports: number; readonly rejectedRows: number }> {
  return {
    reports: (await eraseFromChecks(sql, user)) + (await eraseFromLedger(sql, user)),
    rejectedRows: await deleteRejects(sql, user),
  };
}

type Explained = DriftCheck['explanations'][number];

/** Explanations of a new check, without the names of users who were erased meanwhile. */
export async function withoutErasedUsersIn(
  sql: postgres.ISql,
  explanations: readonly Explained[],
): Promise<readonly Explained[]> {
  const tombstones = await readKeptOut(sql);
  if (tombstones === null) return explanations;
  const isErased = (label: string): boolean => tombstones.of('id', label)?.isKeptOut === true;
  return explanations.map((one) => explanationWithout(one, isErased));
}

function explanationWithout<E extends Explanation>(explanation: E, isErased: (label: string) => boolean): E {
  return {
    ...explanation,
    contributions: explanation.contributions.map((contributions) =>
      contributions.partition !== 'user'
        ? contributions
        : {
            ...contributions,
            parts: contributions.parts.map((part) =>
              isErased(part.label) ? { ...part, label: ERASED } : part,
            ),
          },
    ),
    influence: explanation.influence.map((one) =>
      one.kind === 'user' && isErased(one.label) ? { ...one, label: ERASED } : one,
    ),
  };
}

/** A finding without this user. */
const findingWithout = <F extends QualityFinding>(finding: F, named: string): F =>
  userIn(finding) === named
    ? withoutUser(finding, { called: ERASED, remedy: 'The user was erased since then.' })
    : finding;

const namedAs = ({ id, name }: StoredUser): string => name ?? String(id);

async function eraseFromChecks(sql: postgres.TransactionSql, user: StoredUser): Promise<number> {
  const rows = await sql<
    { checkId: number; explanations: readonly Explained[]; quality: DriftCheck['quality'] }[]
  >`
    select check_id, explanations, quality from drift_checks
    where position(${`"label": "${user.id}"`} in explanations::text) > 0
      or jsonb_path_exists(quality, '$[*] ? (@.kind == "largest-user")')`;
  let changed = 0;
  for (const { checkId, ...before } of rows) {
    const after = {
      explanations: before.explanations.map((one) =>
        explanationWithout(one, (label) => label === String(user.id)),
      ),
      quality: before.quality.map((one) => findingWithout(one, namedAs(user))),
    };
    if (
      JSON.stringify(after) === JSON.stringify({ explanations: before.explanations, quality: before.quality })
    ) {
      continue;
    }
    changed++;
    await sql`
      update drift_checks
      set explanations = ${jsonValue(sql, after.explanations)}, quality = ${jsonValue(sql, after.quality)}
      where check_id = ${checkId}`;
  }
  return changed;
}

async function eraseFromLedger(sql: postgres.TransactionSql, user: StoredUser): Promise<number> {
  const rows = await sql<{ batchId: number; quality: readonly QualityFinding[] }[]>`
    select batch_id, quality from ingestion_ledger
    where jsonb_path_exists(quality, '$[*] ? (@.kind == "largest-user")')`;
  let changed = 0;
  for (const { batchId, quality } of rows) {
    const after = quality.map((one) => findingWithout(one, namedAs(user)));
    if (JSON.stringify(after) === JSON.stringify(quality)) continue;
    changed++;
    await sql`update ingestion_ledger set quality = ${jsonValue(sql, after)} where batch_id = ${batchId}`;
  }
  return changed;
}

/** Deletes rejected rows of a user. */
async function deleteRejects(sql: postgres.TransactionSql, user: StoredUser): Promise<number> {
  const { count } = await sql`delete from rejected_ratings where ${rejectsOf(sql, user)}`;
  return count;
}

/** Whether a row of `rejected_ratings` is of a user, or is a damaged line that has the id or the name anywhere. */
export const rejectsOf = (sql: postgres.ISql, { id, name }: StoredUser): postgres.Fragment =>
  name === null
    ? sql`(content ~ ${`(^|: )user 0*${id}(\\.0*)?, movie `}
        or (content ~ '(^|: )the line ' and content ~ ${`(^|[^0-9])0*${id}([^0-9]|$)`}))`
    : sql`(position(${`user ${shown(name)}, movie `} in content) > 0
        or (content ~ '(^|: )the line ' and position(${name} in content) > 0))`;

/** As a rejected row shows a name. */
const SHOWN_CHARACTERS = 60;
const shown = (name: string): string =>
  name.length > SHOWN_CHARACTERS ? `${name.slice(0, SHOWN_CHARACTERS)}…` : name;
