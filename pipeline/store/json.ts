import type postgres from 'postgres';

/** Plain data as a JSON parameter. The type postgres.js asks for knows no optional or read-only parts. */
export function jsonValue(sql: postgres.ISql, value: unknown): postgres.Parameter {
  return sql.json(value as postgres.JSONValue);
}
