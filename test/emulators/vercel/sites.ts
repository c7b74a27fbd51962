import type { SiteAnswer, SiteFault } from './faults.ts';
import { openFaults } from './faults.ts';
import { type Call, type HttpServer, openHttpServer, type Reaction } from './http-server.ts';

/** A deployment's function, however it is run. */
export interface SiteHandler {
  answer(call: Call): Promise<SiteAnswer>;
  close(): Promise<void>;
}

/** Runs what was uploaded: paths below the deployment's root, and bytes. */
export type RunSite = (files: ReadonlyMap<string, Buffer>) => Promise<SiteHandler>;

export interface Site {
  readonly id: string;
  readonly host: string;
  /** Whether faults hit it. */
  readonly isNew: boolean;
}

interface SitesOptions {
  readonly run: RunSite;
  readonly now: () => number;
  /** The secrets that let through the protection of a deployment's own address. */
  isBypass(secret: string | undefined): boolean;
}

/** Every deployment behind its own address, and the production domain that points to one of them. */
export interface Sites {
  readonly faults: ReturnType<typeof openFaults<SiteFault>>;
  readonly domain: HttpServer;
  /** Starts a deployment; `isNew` ones are hit by faults. */
  open(id: string, files: ReadonlyMap<string, Buffer>, isNew: boolean): Promise<Site>;
  find(idOrHost: string): Site | undefined;
  close(id: string): Promise<void>;
  /** From here on a deployment answers everything with 500. */
  breakDown(id: string): void;
  /** Points the production domain to a deployment, or nowhere. */
  point(id: string | null): void;
  /** Whom the domain points to, the oldest first. */
  readonly history: readonly (string | null)[];
  stop(): Promise<void>;
}

export async function openSites({ run, now, isBypass }: SitesOptions): Promise<Sites> {
  const faults = openFaults<SiteFault>(Number.POSITIVE_INFINITY);
  const sites = new Map<string, Site & { readonly handler: SiteHandler; readonly server: HttpServer }>();
  const history: (string | null)[] = [null];
  const brokenDown = new Set<string>();
  let pointedAt = 0;

  const serve = async (id: string, on: SiteFault['on'], call: Call): Promise<Reaction> => {
    const site = sites.get(id);
    if (site === undefined) return { status: 404, body: 'DEPLOYMENT_NOT_FOUND' };
    if (brokenDown.has(id)) return { status: 500, body: 'FUNCTION_INVOCATION_FAILED' };
    const fault = site.isNew
      ? faults.strike(
          (each) =>
            each.on === on &&
            (each.path ?? /./).test(call.path) &&
            (on === 'staged' || now() - pointedAt >= (each.from ?? 0)),
        )
      : null;
    const kind = fault?.kind;
    const isProtected = on === 'staged' && !isBypass(call.headers['x-vercel-protection-bypass']);
    if (kind === 'login' || isProtected) {
      return { status: 302, headers: { location: 'https://vercel.com/sso-api' } };
    }
    if (kind === 'hang') return 'hang';
    if (kind === 'cut-before' || kind === 'cut-after') return 'cut';
    if (typeof kind === 'object') return { status: kind.status, body: 'FUNCTION_INVOCATION_FAILED' };
    const answer = await site.handler.answer(call);
    if (kind === 'garbled') return { ...answer, body: '<html>' };
    return kind === undefined ? answer : kind(answer);
  };

  const domain = await openHttpServer(async (call) => {
    const id = history.at(-1) ?? null;
    return id === null ? { status: 404, body: 'DEPLOYMENT_NOT_FOUND' } : serve(id, 'production', call);
  });

  const close = async (id: string): Promise<void> => {
    const site = sites.get(id);
    sites.delete(id);
    await Promise.all([site?.server.close(), site?.handler.close()]);
  };

  return {
    faults,
    domain,
    history,
    open: async (id, files, isNew) => {
      const server = await openHttpServer((call) => serve(id, 'staged', call));
      const site = { id, host: server.host, isNew, server, handler: await run(files) };
      sites.set(id, site);
      return site;
    },
    find: (idOrHost) => sites.get(idOrHost) ?? [...sites.values()].find(({ host }) => host === idOrHost),
    close,
    breakDown: (id) => void brokenDown.add(id),
    point: (id) => {
      if (id === (history.at(-1) ?? null)) return;
      history.push(id);
      pointedAt = now();
    },
    stop: async () => {
      await Promise.all([...sites.keys()].map(close));
      await domain.close();
    },
  };
}
