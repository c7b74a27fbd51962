// Generated from /api/openapi.json. Do not edit.

export interface Options {
  /** URL of the service, without `/api`; by default the one of the page. */
  url?: string;
  /** API key. */
  key?: string;
  /** How long a call may take in all; by default 10,000. */
  timeoutMs?: number;
  fetch?: typeof fetch;
}

export interface CallOptions {
  signal?: AbortSignal;
  timeoutMs?: number;
  /** Name of a request that stores: by default a new one for each call. */
  idempotencyKey?: string;
}

type Call<Answer, Request> = (request: Request, options?: CallOptions) => Promise<Answer>;
type OpenCall<Answer, Request = object> = (request?: Request, options?: CallOptions) => Promise<Answer>;

/** A request that the API refused or could not answer. `problem` is null when something else answered. */
export declare class CineMatchError extends Error {
  status: number;
  code: Problem['code'] | null;
  problem: Problem | null;
  retryAfterSeconds: number | null;
}

/** A call that fails with `Retry-After` is repeated until its time is over. */
export declare class CineMatch {
  constructor(options?: Options);
  /** Recommend movies to a user. */
  recommendForUser: Call<RecommendationPage, WithUser & WithK & WithGenre & WithDiversity & WithExclude & WithCursor & {
    /** Leave out movies that the user has rated or watched. */
    excludeSeen?: boolean;
    /** Count the movies of the list as shown, as `shown` of `POST /feedback` does. */
    remember?: boolean;
  }>;
  /** Recommend movies to a new user, by ratings. */
  recommendForRatings: Call<RecommendationPage, WithK & WithGenre & WithDiversity & WithExclude & WithCursor & {
    /** The last rating of a movie counts. */
    ratings: readonly {
      movie: number;
      /** Stars, 0.5 to 5 in steps of 0.5. */
      stars: number;
    }[];
  }>;
  /** Recommend movies to up to 100 users, a list for each. */
  recommendForUsers: Call<UserLists, WithK & WithGenre & WithDiversity & WithExclude & {
    /** A user who is named twice counts twice. */
    users: readonly number[];
    /** Leave out movies that the user has rated. */
    excludeSeen?: boolean;
  }>;
  /** Recommend movies to a group of users, one list for all. */
  recommendForGroup: Call<GroupList, WithK & WithGenre & WithExclude & {
    users: readonly number[];
    /** How the scores of the users become one: their mean, or the lowest. */
    method?: 'average' | 'least-misery';
    /** Only movies with a predicted rating of so many stars or more for every user. */
    minRating?: number;
  }>;
  /** Predict a rating. */
  predict: Call<OnePrediction, WithUser & {
    /** Movie id. */
    movie: number;
  }>;
  /** Predict up to 1,000 ratings. */
  predictMany: Call<Predictions, {
    pairs: readonly { user: number; movie: number }[];
    /** Predict by what the model has learned; newer ratings of the users do not count. */
    modelOnly?: boolean;
  }>;
  /** Search movies by title. */
  searchMovies: OpenCall<MoviePage, WithGenre & WithCursor & {
    /** Words of the title, such as `shawshenk redem`. */
    query?: string;
    /** Number of movies. */
    limit?: number;
  }>;
  /** Get a movie. */
  getMovie: Call<MovieDetails, {
    /** Movie id. */
    id: number;
  }>;
  /** Get a movie by its IMDb id. */
  getMovieByIMDbId: Call<MovieDetails, {
    /** IMDb id, with or without `tt`. */
    id: string;
  }>;
  /** Get a movie by its TMDB id. */
  getMovieByTMDBId: Call<MovieDetails, {
    /** TMDB id. */
    id: number;
  }>;
  /** List similar movies. */
  listSimilarMovies: Call<SimilarMovies, WithK & WithGenre & WithExclude & {
    id: number;
  }>;
  /** List movies similar to several. */
  listMoviesSimilarToAll: Call<SimilarToAll, WithK & WithGenre & WithExclude & {
    /** The movies. */
    movies: readonly number[];
  }>;
  /** List the best movies. */
  listTopMovies: OpenCall<TopMovies, WithK & WithGenre>;
  /** List the genres. */
  listGenres: OpenCall<Genres>;
  /** Send ratings. */
  submitRatings: Call<Submitted, {
    ratings: readonly {
      user: number;
      movie: number;
      stars: number;
      /** Time of the rating. */
      ratedAt?: string;
    }[];
  }>;
  /** Send what users did. */
  submitFeedback: Call<Submitted, {
    events: readonly ({
      user: number;
      movie: number;
      /** When it happened. */
      at?: string;
      kind: 'rated';
      stars: number;
    } | {
      user: number;
      movie: number;
      at?: string;
      kind: 'watched' | 'wanted' | 'hidden';
    } | {
      user: number;
      movie: number;
      at?: string;
      kind: 'shown';
      /** How often. */
      count?: number;
    })[];
  }>;
  /** Take feedback back. */
  withdrawFeedback: Call<WithdrawnFeedback, WithUser & {
    movie: number;
    /** What to delete. */
    kind?: 'rated' | 'watched' | 'wanted' | 'hidden' | 'shown';
  }>;
}

interface WithUser {
  /** User id. */
  user: number;
}

interface WithK {
  /** Number of movies. */
  k?: number;
}

interface WithGenre {
  /** Only movies of this genre, or of several. */
  genre?: Genre | readonly Genre[];
  /** Of several genres, whether a movie needs one (`any`) or every one (`all`). */
  genreMatch?: 'any' | 'all';
  /** Only movies of these years: `1994`, `1990-1999`, `1990-`, `-1960`. */
  year?: string | number;
}

interface WithDiversity {
  /** How different the movies of the list are. */
  diversity?: number;
  /** How little popularity counts. */
  novelty?: number;
  /** Keep the user’s own mix of genres and decades. */
  calibrated?: boolean;
  /** Only movies with a predicted rating of so many stars or more. */
  minRating?: number;
  /** Order of the movies that were chosen. */
  sort?: 'score' | 'rating';
  /** Say why each movie is in the list. */
  explain?: boolean;
}

interface WithExclude {
  /** Movies to leave out. */
  exclude?: readonly number[];
}

interface WithCursor {
  /** `next` of the previous page. */
  cursor?: string;
}

/** A failure, as defined by RFC 9457. */
export interface Problem {
  /** URL of the description of this kind of failure. */
  type: string;
  title: string;
  status: number;
  code: 'bad-json' | 'unauthorised' | 'forbidden' | 'not-found' | 'method-not-allowed' | 'too-slow' | 'idempotency-conflict' | 'user-erased' | 'too-large' | 'not-json' | 'invalid-request' | 'rate-limited' | 'internal' | 'database-unavailable' | 'not-ready';
  /** What is wrong, and what to do. */
  detail: string;
  requestId: string;
  /** Each invalid part of the request. */
  errors?: { at: string; message: string }[];
}

export type RecommendationPage = RecommendationList & {
  user: number | null;
  /** Version of the served model. */
  modelVersion: number;
  /** With `remember`: whether the movies are counted as shown. */
  remembered?: boolean;
  /** The `cursor` of the next page. */
  next: string | null;
};

export type Recommendation = Movie & {
  /** Predicted stars. */
  rating: number;
  /** 80% prediction interval of the rating. */
  interval: [number, number] | null;
  /** With `explain`: the user’s own ratings that `reason` refers to. */
  because?: {
    movie: number;
    title: string | null;
    /** Stars that the user gave. */
    stars: number;
    /** Its share of what the user’s ratings add to the score. */
    contribution: number | null;
  }[];
  /** With `explain`. */
  reason?: 'ratings' | 'series' | 'genre' | 'popular' | null;
  /** With the reason `genre`. */
  likedGenre?: string;
};

export type Genre = string;

export interface Movie {
  movie: number;
  /** As the source has it, without the year: `Matrix, The`. */
  title: string | null;
  /** As one says it: `The Matrix`. */
  displayTitle: string | null;
  /** Year of release. */
  year: number | null;
  genres: Genre[];
  /** On IMDb. */
  imdbId: string | null;
  /** On The Movie Database. */
  tmdbId: number | null;
}

export interface RecommendationList {
  /** What the list is based on. */
  strategy: 'personalised' | 'folded-in' | 'popular';
  /** Number of movies that are left out because the user has rated, watched or hidden them. */
  excluded: number | null;
  recommendations: Recommendation[];
}

export interface UserLists {
  modelVersion: number;
  lists: UserList[];
}

export type UserList = RecommendationList & { user: number };

export interface GroupList {
  modelVersion: number;
  method: 'average' | 'least-misery';
  /** Number of rated movies that are left out. */
  excluded: number;
  recommendations: (Movie & {
    /** Mean of the predicted stars of the users. */
    rating: number;
    /** Predicted stars of each user, in the order of the users. */
    ratings: number[];
  })[];
}

export type OnePrediction = Prediction & {
  modelVersion: number;
};

export interface Prediction {
  user: number;
  movie: number;
  rating: number;
  /** Standard deviation of the user’s rating around the prediction, in stars. */
  deviation: number | null;
  interval: [number, number] | null;
  /** What the prediction is based on. */
  strategy: 'personalised' | 'folded-in' | 'genres' | 'movie-mean' | 'user-mean' | 'global-mean';
}

export interface Predictions {
  modelVersion: number;
  predictions: Prediction[];
}

export interface MoviePage {
  movies: RatedMovie[];
  /** Number of movies on all pages. */
  total: number;
  next: string | null;
}

export type RatedMovie = Movie & {
  /** Number of ratings. */
  ratings: number;
  /** Mean of the ratings, in stars. */
  meanRating: number | null;
};

export type MovieDetails = RatedMovie & {
  /** The original and other titles, which the source has in brackets behind the title. */
  alternativeTitles: string[];
};

export type SimilarMovies = SimilarToAll & {
  /** Movie id of the request. */
  movie: number;
};

export interface SimilarToAll {
  /** What the similarity is based on. */
  strategy: 'ratings' | 'genres';
  similar: (Movie & {
    /** 1 is the highest similarity. */
    similarity: number;
  })[];
}

export interface TopMovies {
  movies: (RatedMovie & {
    /** In stars. */
    dampedMean: number;
  })[];
}

export interface Genres {
  genres: {
    name: string;
    /** Number of movies of this genre. */
    movies: number;
    /** Number of their ratings. */
    ratings: number;
  }[];
}

export interface Submitted {
  /** Number of ratings or events. */
  recorded: number;
  /** Number of the request in the database. */
  request: number;
  /** Whether an earlier request stored them. */
  repeated: boolean;
}

export interface WithdrawnFeedback {
  /** Number of deleted entries. */
  withdrawn: number;
  /** Whether a batch has ingested a rating of the movie by the user. */
  ingested: boolean;
}
