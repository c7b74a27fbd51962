import type { LoggedRequest } from './origin.ts';

/** The first four leave nothing done, the others hide that it was done. */
export const FAULT_KINDS = [
  'secondary-limit',
  'rate-limit-429',
  'server-error',
  'cut-before',
  'cut-after',
  'truncate',
] as const;

/** What goes wrong between a client and GitHub. */
export interface Fault {
  /** @param index of the request since this fault was injected, from 0. */
  when(request: LoggedRequest, index: number): boolean;
  /**
   * - `secondary-limit`: 403 and Retry-After; nothing is done.
   * - `rate-limit-429`: 429, none remaining; nothing is done.
   * - `server-error`: 502; nothing is done, but an upload leaves an empty asset.
   * - `cut-before`: the connection ends before anything is done; an upload leaves an empty asset.
   * - `cut-after`: it is done, and the connection ends without an answer.
   * - `truncate`: it is done, and half of the answer comes.
   */
  readonly kind: (typeof FAULT_KINDS)[number];
  /** How often it strikes. @default 1 */
  readonly times?: number;
  /** What a limit asks to wait. @default 0 */
  readonly retryAfterSeconds?: number;
}

export interface Faults {
  inject(fault: Fault): void;
  clear(): void;
  /** The fault that hits this request, or null. The one injected first comes first. */
  strike(request: LoggedRequest): Fault | null;
}

export function openFaults(): Faults {
  let injected: { readonly fault: Fault; seen: number; left: number }[] = [];
  return {
    inject: (fault) => {
      injected.push({ fault, seen: 0, left: fault.times ?? 1 });
    },
    clear: () => {
      injected = [];
    },
    strike: (request) => {
      let struck: Fault | null = null;
      for (const each of injected) {
        const index = each.seen++;
        if (struck !== null || each.left === 0 || !each.fault.when(request, index)) continue;
        each.left -= 1;
        struck = each.fault;
      }
      return struck;
    },
  };
}
