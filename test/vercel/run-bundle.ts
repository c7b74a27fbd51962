import { openServing } from '../../pipeline/serving/open-serving.ts';
import type { RunSite } from './sites.ts';

const SERVING = /(?:^|\/)index\.func\/serving\/([^/]+)$/;

/** Answers from the bundle of a deployment, opened and verified as the API does it, in this process. */
export const runBundle: RunSite = async (files) => {
  const bundle = new Map(
    [...files].flatMap(([path, bytes]) => {
      const [, name] = SERVING.exec(path) ?? [];
      return name === undefined ? [] : [[name, bytes] as const];
    }),
  );
  const { model, manifest, modelSha256 } = openServing(bundle, 'that was uploaded');
  const { version } = manifest;
  const answer = (status: number, value: unknown) => ({
    status,
    headers: { 'content-type': 'application/json', 'x-model-version': String(version) },
    body: JSON.stringify(value),
  });
  return {
    answer: async ({ method, path, body }) => {
      switch (`${method} ${path}`) {
        case 'GET /api/v1/health/ready':
          return answer(200, { status: 'ready', modelVersion: version });
        case 'GET /api/v1/model':
          return answer(200, { version, digest: modelSha256 });
        case 'POST /api/v1/predictions': {
          const { pairs } = JSON.parse(body.toString()) as { pairs: { user: number; movie: number }[] };
          const predictions = pairs.map(({ user, movie }) => ({
            user,
            movie,
            rating: model.predict(user, movie).rating,
          }));
          return answer(200, { modelVersion: version, predictions });
        }
        default:
          return answer(404, { status: 404, title: 'There is no such path' });
      }
    },
    close: async () => {},
  };
};
