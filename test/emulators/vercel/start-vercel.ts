import { createHash } from 'node:crypto';
import { createEmulator } from 'emulate';
import type { ServingFiles } from '../../../pipeline/serving/serving-files.ts';
import { type ApiFault, openFaults, type SiteFault } from './faults.ts';
import { type Call, json, openHttpServer, type Reaction, type Reply } from './http-server.ts';
import { runBundle } from './run-bundle.ts';
import { openSites, type RunSite } from './sites.ts';

export const TOKEN = 'vercel_token_that_nobody_may_see';
const PROJECT = 'films';

export interface VercelOptions {
  /** How a deployment is run. @default from the bundle in it, in this process */
  readonly run?: RunSite;
  /** Milliseconds, for faults that begin some time after a promotion. */
  readonly now?: () => number;
}

export interface EmulatedVercel {
  readonly apiUrl: string;
  readonly token: typeof TOKEN;
  readonly project: typeof PROJECT;
  /** Where production is: `http://127.0.0.1:…`. */
  readonly productionUrl: string;
  /** `POST /v10/projects/…` of each request in turn. */
  readonly requests: readonly string[];
  /** Every secret that the project's protection lets through. */
  readonly bypasses: readonly string[];
  inject(fault: ApiFault): void;
  injectSite(fault: SiteFault): void;
  /** Puts up a deployment that no fault hits, and points production to it. */
  seed(serving: ServingFiles): Promise<string>;
  /** Somebody else points production to a deployment. */
  point(id: string): void;
  /** From here on a deployment answers everything with 500. */
  breakDown(id: string): void;
  /** Whom production points to, the oldest first; it begins with null. */
  readonly history: readonly (string | null)[];
  /** What each deployment was asked for with, and its files by path. */
  readonly uploads: readonly {
    readonly request: Readonly<Record<string, unknown>>;
    readonly files: ReadonlyMap<string, Buffer>;
  }[];
  /** How many times a promotion that was asked for next is not seen yet when somebody looks. */
  delayPromotions(looks: number): void;
  stop(): Promise<void>;
}

/**
 * Vercel on this machine: the `emulate` package for accounts, projects, bypass secrets and the records of
 * deployments, behind a server of our own that adds what it lacks. README.md lists every route.
 */
export async function startVercel({
  run = runBundle,
  now = () => 0,
}: VercelOptions = {}): Promise<EmulatedVercel> {
  const emulator = await createEmulator({
    service: 'vercel',
    port: 0,
    seed: { tokens: { [TOKEN]: { login: 'maker' } }, vercel: { users: [{ username: 'maker' }] } },
  });
  const upstream = emulator.url.replace('localhost', '127.0.0.1');
  const bypasses: string[] = [];
  const sites = await openSites({
    run,
    now,
    isBypass: (secret) => secret !== undefined && bypasses.includes(secret),
  });
  const faults = openFaults<ApiFault>(1);
  const requests: string[] = [];
  const uploaded = new Map<string, Buffer>();
  const deployments: EmulatedVercel['uploads'][number][] = [];
  const wasProduction = new Set<string>();
  let pending: { id: string; looks: number } | null = null;
  let delay = 0;
  let request: Record<string, unknown> | null = null;

  const forward = async (call: Pick<Call, 'method' | 'path' | 'query' | 'body'>): Promise<Reply> => {
    const response = await fetch(`${upstream}${encodeURI(call.path)}?${call.query}`, {
      method: call.method,
      headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json', connection: 'close' },
      ...(call.method === 'GET' || call.body.length === 0 ? {} : { body: new Uint8Array(call.body) }),
    });
    return json(response.status, JSON.parse((await response.text()) || '{}'));
  };
  const patched = (reply: Reply, change: (value: Record<string, unknown>) => object): Reply =>
    reply.status >= 300
      ? reply
      : json(reply.status, change(JSON.parse(String(reply.body)) as Record<string, unknown>));

  const point = (id: string | null): void => {
    sites.point(id);
    if (id !== null) wasProduction.add(id);
  };
  /** Promotions are seen some looks after they were asked for. */
  const look = (): string | null => {
    if (pending !== null && pending.looks-- <= 0) {
      point(pending.id);
      pending = null;
    }
    return sites.history.at(-1) ?? null;
  };
  const move = (type: 'promote' | 'rollback', id: string): Reply => {
    if (sites.find(id) === undefined)
      return json(404, { error: { code: 'not_found', message: 'Not found' } });
    if (type === 'rollback' && !wasProduction.has(id)) {
      return json(422, { error: { code: 'unprocessable', message: 'It was never in production' } });
    }
    request = {
      type,
      toDeploymentId: id,
      fromDeploymentId: look(),
      jobStatus: 'succeeded',
      requestedAt: now(),
    };
    pending = { id, looks: type === 'promote' ? delay : 0 };
    return json(201, {});
  };
  const project = (value: Record<string, unknown>): object => ({
    ...value,
    lastAliasRequest: request,
    // The package calls the scope otherwise.
    protectionBypass: Object.fromEntries(bypasses.map((secret) => [secret, { scope: 'automation-bypass' }])),
  });
  const deployment = (value: Record<string, unknown>): object => ({
    ...value,
    url: sites.find(String(value['id']))?.host,
    alias: [],
    team: null,
  });
  const open = async (call: Call): Promise<Reply> => {
    const body = JSON.parse(call.body.toString()) as {
      files: { file: string; sha: string }[];
      autoAssignCustomDomains?: boolean;
    };
    const missing = body.files.map(({ sha }) => sha).filter((sha) => !uploaded.has(sha));
    if (missing.length > 0) {
      return json(400, { error: { code: 'missing_files', message: 'Missing files', missing } });
    }
    const reply = await forward(call);
    if (reply.status >= 300) return reply;
    const { id } = JSON.parse(String(reply.body)) as { id: string };
    const files = new Map(body.files.map(({ file, sha }) => [file, uploaded.get(sha) as Buffer]));
    deployments.push({ request: body, files });
    await sites.open(id, files, true);
    if (body.autoAssignCustomDomains !== false) point(id);
    return patched(reply, deployment);
  };

  const act = async (call: Call): Promise<Reply> => {
    if (call.headers['authorization'] !== `Bearer ${TOKEN}`) {
      return json(403, { error: { code: 'forbidden', message: 'Not authorized', invalidToken: true } });
    }
    const { method, path } = call;
    const route = `${method} ${path}`;
    const last = path.slice(path.lastIndexOf('/') + 1);
    if (/^GET \/v9\/projects\/[^/]+\/domains$/.test(route)) {
      const own = { name: sites.domain.host, redirect: null, gitBranch: null, verified: true };
      return json(200, { domains: [own], pagination: { count: 1, next: null, prev: null } });
    }
    if (/^GET \/v4\/aliases\//.test(route)) {
      const deploymentId = last === sites.domain.host ? look() : null;
      return deploymentId === null
        ? json(404, { error: { code: 'not_found', message: 'The alias was not found' } })
        : json(200, { alias: last, deploymentId });
    }
    if (/^POST \/v10\/projects\/[^/]+\/promote\//.test(route)) return move('promote', last);
    if (/^POST \/v1\/projects\/[^/]+\/rollback\//.test(route)) return move('rollback', last);
    if (method === 'PATCH' && last === 'protection-bypass') {
      return patched(await forward(call), (value) => {
        bypasses.push(...Object.keys(value['protectionBypass'] as object));
        return project(value);
      });
    }
    if (/^(GET \/v9|POST \/v11)\/projects/.test(route)) return patched(await forward(call), project);
    if (route === 'POST /v2/files') {
      uploaded.set(createHash('sha1').update(call.body).digest('hex'), call.body);
      return json(200, {});
    }
    if (route === 'POST /v13/deployments') return open(call);
    if (method === 'DELETE' && path.startsWith('/v13/deployments/')) {
      if (pending?.id === last) pending = null;
      if (sites.history.at(-1) === last) point(null);
      await sites.close(last);
      return forward(call);
    }
    if (/^GET \/v\d+\/deployments\/[^/]+$/.test(route)) {
      const id = sites.find(last)?.id ?? last;
      return patched(await forward({ ...call, path: `/v13/deployments/${id}` }), deployment);
    }
    return forward(call);
  };

  const api = await openHttpServer(async (call): Promise<Reaction> => {
    const route = `${call.method} ${call.path}`;
    requests.push(route);
    const kind = faults.strike(({ on }) => on.test(route))?.kind;
    if (kind === 'hang') return 'hang';
    if (kind === 'cut-before') return 'cut';
    if (typeof kind === 'object') {
      const { status, retryAfter, message = 'It does not work' } = kind;
      const reply = json(status, { error: { code: 'injected', message } });
      const wait = retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) };
      return { ...reply, headers: { ...reply.headers, ...wait } };
    }
    const reply = await act(call);
    if (kind === 'cut-after') return 'cut';
    return kind === 'garbled' ? { status: 200, body: '<html>' } : reply;
  });

  return {
    apiUrl: `http://${api.host}`,
    token: TOKEN,
    project: PROJECT,
    productionUrl: `http://${sites.domain.host}`,
    requests,
    bypasses,
    inject: faults.inject,
    injectSite: sites.faults.inject,
    seed: async ({ files }) => {
      const body = Buffer.from(JSON.stringify({ name: PROJECT, target: 'production' }));
      const reply = await forward({
        method: 'POST',
        path: '/v13/deployments',
        query: new URLSearchParams(),
        body,
      });
      const { id } = JSON.parse(String(reply.body)) as { id: string };
      const root = '.vercel/output/functions/api/index.func/serving';
      const placed = new Map([...files].map(([name, bytes]) => [`${root}/${name}`, Buffer.from(bytes)]));
      await sites.open(id, placed, false);
      point(id);
      return id;
    },
    point,
    breakDown: sites.breakDown,
    history: sites.history,
    uploads: deployments,
    delayPromotions: (looks) => {
      delay = looks;
    },
    stop: async () => {
      await Promise.all([api.close(), sites.stop(), emulator.close()]);
    },
  };
}
