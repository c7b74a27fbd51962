import { type DestinationStream, pino } from 'pino';

/** The log line of a request. It does not say which user the request was about. */
export interface RequestLine {
  readonly requestId: string;
  readonly method: string;
  /** The route pattern, not the URL, because URLs contain user ids. */
  readonly route: string;
  readonly status: number;
  readonly milliseconds: number;
}

export interface Log {
  request(line: RequestLine): void;
  failure(error: unknown, context: { readonly requestId?: string; readonly route?: string }): void;
}

/**
 * A log of JSON lines, one for each request. It leaves out URLs, bodies and headers, because they contain user ids and
 * keys.
 *
 * @param output where lines are written. @default standard output, written before the response is sent
 */
export function openLog(output: DestinationStream = pino.destination({ dest: 1, sync: true })): Log {
  const logger = pino({ base: null, timestamp: pino.stdTimeFunctions.isoTime }, output);
  return {
    request: (line) => logger.info(line, 'request completed'),
    failure: (error, context) => logger.error({ ...context, err: error }, 'failed'),
  };
}
