import { createApp } from '../../../api/app.ts';
import { openServing } from '../../../pipeline/serving/open-serving.ts';
import type { RunSite } from './sites.ts';

const SERVING = /(?:^|\/)index\.func\/serving\/([^/]+)$/;

/** Answers with the real API from the bundle of a deployment, in this process. */
export const runBundle: RunSite = async (files) => {
  const bundle = new Map(
    [...files].flatMap(([path, bytes]) => {
      const [, name] = SERVING.exec(path) ?? [];
      return name === undefined ? [] : [[name, bytes] as const];
    }),
  );
  const app = createApp({
    serving: openServing(bundle, 'that was uploaded'),
    database: null,
    clock: () => new Date(),
    stopwatch: () => performance.now(),
    newRequestId: () => crypto.randomUUID(),
    addressOf: () => 'test',
    log: { request: () => {}, failure: () => {} },
  });
  return {
    answer: async ({ method, path, query, headers, body }) => {
      const url = `http://${headers['host']}${encodeURI(path)}?${query}`;
      const response = await app.fetch(
        new Request(url, { method, headers, ...(method === 'GET' ? {} : { body: new Uint8Array(body) }) }),
      );
      return {
        status: response.status,
        headers: Object.fromEntries(response.headers),
        body: await response.text(),
      };
    },
    close: async () => {},
  };
};
