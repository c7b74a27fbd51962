/** What goes wrong between a client and a server. */
export type FaultKind =
  /** Answered with a status, before anything is done. */
  | { readonly status: number; readonly retryAfter?: number; readonly message?: string }
  /** The connection ends before anything is done, or after it is done. */
  | 'cut-before'
  | 'cut-after'
  /** It is never answered; nothing is done. */
  | 'hang'
  /** It is done, and something that is not JSON is answered. */
  | 'garbled';

/** A fault of the REST interface. */
export interface ApiFault {
  /** Matches `POST /v10/projects/prj_1/promote/dpl_2`. */
  readonly on: RegExp;
  readonly kind: FaultKind;
  /** How often it strikes. @default 1 */
  readonly times?: number;
  /** How many matching requests it lets pass before. @default 0 */
  readonly after?: number;
}

/** A fault of a deployment that was uploaded while the fault was there; those before it are healthy. */
export interface SiteFault {
  /** Its own address, or the production domain while that points to it. */
  readonly on: 'staged' | 'production';
  /** Matches the path. @default every path */
  readonly path?: RegExp;
  /** A status or an end of the connection, a login, or a change to what is answered. */
  readonly kind: FaultKind | 'login' | ((answer: SiteAnswer) => SiteAnswer);
  /** How often it strikes. @default always */
  readonly times?: number;
  /** Not before so many milliseconds after it came to production. @default 0 */
  readonly from?: number;
}

export interface SiteAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Takes faults in, and gives each out as often as it strikes. */
export function openFaults<F extends { readonly times?: number; readonly after?: number }>(
  often: number,
): { inject(fault: F): void; clear(): void; strike(isHit: (fault: F) => boolean): F | null } {
  const injected: { fault: F; left: number; before: number }[] = [];
  return {
    inject: (fault) => {
      injected.push({ fault, left: fault.times ?? often, before: fault.after ?? 0 });
    },
    clear: () => {
      injected.length = 0;
    },
    strike: (isHit) => {
      for (const each of injected) {
        if (each.left === 0 || !isHit(each.fault)) continue;
        if (each.before > 0) {
          each.before -= 1;
          continue;
        }
        each.left -= 1;
        return each.fault;
      }
      return null;
    },
  };
}
