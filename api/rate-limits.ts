import { isIPv6 } from 'node:net';
import { LRUCache } from 'lru-cache';
import type { Bundle } from '../pipeline/serving/serving-files.ts';
import type { Key } from './keys.ts';
import { ApiProblem } from './problem.ts';

const WINDOW_SECONDS = 60;
/** Keys and addresses whose units are counted. */
const MOST_CLIENTS = 50_000;

interface Window {
  spent: number;
  readonly until: number;
}

/** What one client may spend at the moment. */
export interface Quota {
  /**
   * Counts units of a request: one when it comes, and the others before its work. A request costs at most a whole window.
   *
   * @throws ApiProblem `rate-limited` when fewer are left. Then nothing is counted.
   */
  spend(units: number): void;
  /**
   * `RateLimit-Policy` and `RateLimit` of draft-ietf-httpapi-ratelimit-headers-10: `q` units in `w` seconds, of which `r`
   * are left until the next window in `t` seconds.
   */
  headers(): Readonly<Record<string, string>>;
}

/** Counts what clients spend, by key and else by address, in the memory of this process. */
export interface RateLimits {
  /** Null for a client without a limit. */
  of(key: Key | null, address: string): Quota | null;
}

/** A window of a minute begins with the first request after the one before. */
export function rateLimits({ perKey, perAddress }: Bundle['limits'], clock: () => Date): RateLimits {
  const windows = new LRUCache<string, Window>({ max: MOST_CLIENTS });
  const current = (client: string, now: number): Window => {
    const known = windows.get(client);
    if (known !== undefined && known.until > now) return known;
    const opened = { spent: 0, until: now + 1000 * WINDOW_SECONDS };
    windows.set(client, opened);
    return opened;
  };
  const quotaOf = (name: 'key' | 'address', client: string, limit: number): Quota => {
    const secondsLeft = ({ until }: Window): number => Math.ceil((until - clock().getTime()) / 1000);
    return {
      spend(asked) {
        const window = current(client, clock().getTime());
        // One unit of the request is counted already when its work is.
        const units = Math.min(asked, Math.max(1, limit - 1));
        if (window.spent + units > limit) throw tooMuch(name, limit, asked, secondsLeft(window));
        window.spent += units;
      },
      headers() {
        const window = current(client, clock().getTime());
        return {
          'ratelimit-policy': `"${name}";q=${limit};w=${WINDOW_SECONDS}`,
          ratelimit: `"${name}";r=${limit - window.spent};t=${secondsLeft(window)}`,
        };
      },
    };
  };
  return {
    of(key, address) {
      if (key !== null) return perKey === null ? null : quotaOf('key', `key ${key.sha256}`, perKey);
      return perAddress === null ? null : quotaOf('address', `address ${address}`, perAddress);
    },
  };
}

function tooMuch(name: 'key' | 'address', limit: number, units: number, seconds: number): ApiProblem {
  const who = name === 'key' ? 'This API key' : 'This address';
  return new ApiProblem(
    'rate-limited',
    `${who} may spend ${limit.toLocaleString('en')} units in a minute, and too few are left for this request, which costs ${units.toLocaleString('en')}. Try again in ${seconds} s.`,
    { headers: { 'retry-after': String(seconds) } },
  );
}

/**
 * The network of an address: the address itself for IPv4, its first 64 bits for IPv6, because a client has all addresses
 * behind these.
 */
export function networkOf(address: string): string {
  const [, mapped] = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address) ?? [];
  if (mapped !== undefined) return mapped;
  if (!isIPv6(address)) return address;
  const [head = '', tail = ''] = (address.split('%')[0] as string).toLowerCase().split('::');
  const groupsOf = (part: string): string[] => (part === '' ? [] : part.split(':'));
  const [first, last] = [groupsOf(head), groupsOf(tail)];
  const zeros = Array.from({ length: Math.max(0, 8 - first.length - last.length) }, () => '0');
  const groups = [...first, ...zeros, ...last].slice(0, 4);
  return `${groups.map((group) => group.replace(/^0+(?=.)/, '')).join(':')}::/64`;
}
