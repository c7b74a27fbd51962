import { isName } from './id-names.ts';
import { MAX_ID } from './validate.ts';

/** Some users by their ids, such as all users of one app. */
export interface Tenant {
  /** As it was written: `app1:*`, `1000-1999`, `7,9`. */
  readonly text: string;
  /** Ids as text. */
  readonly ids: ReadonlySet<string>;
  /** Of ids that are numbers, both ends included. */
  readonly ranges: readonly (readonly [from: number, to: number])[];
  /** How ids begin that are texts. */
  readonly prefixes: readonly string[];
}

/** One part of a list of users. */
type Part =
  | { readonly kind: 'id'; readonly id: string }
  | { readonly kind: 'range'; readonly range: readonly [number, number] }
  | { readonly kind: 'prefix'; readonly prefix: string };

/**
 * Reads a list of users with commas between its parts. A part is an id, a range of ids that are numbers (`1000-1999`), or
 * how ids begin that are texts (`app1:*`). In an id that is a text `%2C` is a comma and `%2A` an asterisk.
 *
 * @returns null for text that is no such list.
 */
export function parseTenant(text: string): Tenant | null {
  const parts = text.split(',').map((part) => partOf(part.trim()));
  if (parts.includes(null)) return null;
  const found = parts as Part[];
  return {
    text,
    ids: new Set(found.flatMap((part) => (part.kind === 'id' ? part.id : []))),
    ranges: found.flatMap((part) => (part.kind === 'range' ? [part.range] : [])),
    prefixes: found.flatMap((part) => (part.kind === 'prefix' ? part.prefix : [])),
  };
}

function partOf(written: string): Part | null {
  const [, first, last] = /^(\d+)-(\d+)$/.exec(written) ?? [];
  if (first !== undefined && last !== undefined) {
    const [from, to] = [Number(first), Number(last)];
    return from <= to && to <= MAX_ID ? { kind: 'range', range: [from, to] } : null;
  }
  const isPrefix = written.endsWith('*');
  const body = isPrefix ? written.slice(0, -1) : written;
  if (body.includes('*')) return null;
  const id = body.replaceAll(/%2c/gi, ',').replaceAll(/%2a/gi, '*');
  if (!isName(id)) return null;
  return isPrefix ? { kind: 'prefix', prefix: id } : { kind: 'id', id };
}

/** Whether a user belongs to a tenant. Ranges are of ids that are numbers, beginnings of ids that are texts. */
export function isOfTenant({ ids, ranges, prefixes }: Tenant, user: number | string): boolean {
  if (ids.has(String(user))) return true;
  return typeof user === 'number'
    ? ranges.some(([from, to]) => user >= from && user <= to)
    : prefixes.some((prefix) => user.startsWith(prefix));
}
