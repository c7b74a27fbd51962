import type { OpenAPIHono } from '@hono/zod-openapi';

type Document = ReturnType<OpenAPIHono['getOpenAPI31Document']>;

interface Link {
  /** Name of the operation that comes next. */
  readonly operationId: string;
  readonly description: string;
  /** Parameters of the next request: runtime expressions of OpenAPI. */
  readonly parameters?: Readonly<Record<string, string>>;
  /** Body of the next request, with such expressions in it. */
  readonly requestBody?: object;
}
type Links = Readonly<Record<string, Link>>;

/** @param movie where the id of a movie is. */
const aboutMovie = (movie: string): Links => ({
  movie: { operationId: 'getMovie', description: 'The movie.', parameters: { id: movie } },
  similar: { operationId: 'listSimilarMovies', description: 'Similar movies.', parameters: { id: movie } },
  listForFan: {
    operationId: 'recommendForRatings',
    description: 'A list for someone who likes the movie.',
    requestBody: { ratings: [{ movie, stars: 5 }] },
  },
});

/** @param user where the id of the user is. @param movie where the id of the movie is that the user did something with. */
const afterFeedback = (user: string, movie: string): Links => ({
  list: { operationId: 'recommendForUser', description: 'The list of the user.', parameters: { user } },
  withdrawal: {
    operationId: 'withdrawFeedback',
    description: 'Takes back what was sent of the user and the movie.',
    parameters: { user, movie },
  },
});

const [LISTED_FOR, LISTED] = ['$response.body#/user', '$response.body#/recommendations/0/movie'];

/** What comes next after an operation, by the names of operations: from a search to a movie, a list and feedback. */
const LINKS: Readonly<Record<string, Links>> = {
  searchMovies: aboutMovie('$response.body#/movies/0/movie'),
  listTopMovies: aboutMovie('$response.body#/movies/0/movie'),
  listSimilarMovies: aboutMovie('$response.body#/similar/0/movie'),
  getMovie: aboutMovie('$response.body#/movie'),
  getMovieByIMDbId: aboutMovie('$response.body#/movie'),
  getMovieByTMDBId: aboutMovie('$response.body#/movie'),
  recommendForRatings: aboutMovie(LISTED),
  recommendForUser: {
    ...aboutMovie(LISTED),
    prediction: {
      operationId: 'predict',
      description: 'How many stars the user would give the first movie.',
      parameters: { user: LISTED_FOR, movie: LISTED },
    },
    feedback: {
      operationId: 'submitFeedback',
      description: 'Tells that the user was shown the first movie.',
      requestBody: { events: [{ user: LISTED_FOR, movie: LISTED, kind: 'shown' }] },
    },
  },
  submitRatings: afterFeedback('$request.body#/ratings/0/user', '$request.body#/ratings/0/movie'),
  submitFeedback: afterFeedback('$request.body#/events/0/user', '$request.body#/events/0/movie'),
  withdrawFeedback: {
    list: {
      operationId: 'recommendForUser',
      description: 'The list of the user.',
      parameters: { user: '$request.query.user' },
    },
  },
};

/** Adds the links to the successful response of each operation. */
export function addLinks({ paths = {} }: Pick<Document, 'paths'>): void {
  const operations = new Map(
    Object.values(paths).flatMap(({ get, post, delete: remove }) =>
      [get, post, remove].flatMap((operation) =>
        operation?.operationId === undefined ? [] : [[operation.operationId, operation] as const],
      ),
    ),
  );
  for (const [from, { responses = {} }] of operations) {
    const links = LINKS[from];
    const success = Object.keys(responses).find((status) => status.startsWith('2'));
    if (links !== undefined && success !== undefined) Object.assign(responses[success], { links });
  }
}
