import type postgres from 'postgres';

/** Plain data as a JSON parameter. The type of postgres.js does not accept optional or readonly properties. */
export function jsonValue(sql: postgres.ISql, value: unknown): postgres.Parameter {
  return sql.json(value as postgres.JSONValue);
}
