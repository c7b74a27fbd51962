import { type DestinationStream, pino } from 'pino';
import type { Log } from './app.ts';

/**
 * Lines of JSON, one a request. Addresses, bodies and headers stay out of it: they say who asked for whom.
 *
 * @param output where lines go. @default standard output, written before the answer goes out
 */
export function openLog(output: DestinationStream = pino.destination({ dest: 1, sync: true })): Log {
  const logger = pino({ base: null, timestamp: pino.stdTimeFunctions.isoTime }, output);
  return {
    request: (line) => logger.info(line, 'answered'),
    failure: (error, context) => logger.error({ ...context, err: error }, 'failed'),
  };
}
