import { type ClientFiles, clientOf } from '../../api/docs/client.ts';
import { describeApi } from '../../api/docs/openapi.ts';
import { startApi } from '../api/start-api.ts';
import { smallServing } from '../support/small-world.ts';

/** The client in api/client: of a service whose ids are numbers, with any genres. */
export async function clientFiles(): Promise<ClientFiles> {
  const { app } = startApi({ serving: await smallServing() });
  return clientOf(describeApi(app, []));
}
