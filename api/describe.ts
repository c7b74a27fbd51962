import type { Routes } from './api.ts';
import { API_KEY } from './routes/ratings.ts';

export type ApiDescription = ReturnType<typeof describeApi>;

/** The OpenAPI 3.1 document of all routes. */
export function describeApi(app: Routes) {
  app.openAPIRegistry.registerComponent('securitySchemes', API_KEY, {
    type: 'http',
    scheme: 'bearer',
    description: 'A key of `cinematch keys create`.',
  });
  return app.getOpenAPI31Document({
    openapi: '3.1.0',
    info: {
      title: 'CineMatch',
      version: '1',
      description:
        'Movie recommendations by the model that serves. Every answer carries `X-Model-Version` and `X-Request-Id`; failures are `application/problem+json`. What is cacheable has an `ETag`: send it back as `If-None-Match`.',
      license: { name: 'MIT', url: 'https://opensource.org/license/mit' },
    },
    tags: [
      { name: 'Recommendations', description: 'What to watch next.' },
      { name: 'Predictions', description: 'What somebody would give a movie.' },
      { name: 'Movies', description: 'What there is.' },
      { name: 'Feedback', description: 'What people rated.' },
      { name: 'Service', description: 'How it is doing.' },
    ],
  });
}
