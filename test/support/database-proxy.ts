import { connect, createServer, type Server, type Socket } from 'node:net';

/** A proxy between client and database server that can simulate failures. */
export interface DatabaseProxy {
  /** URL of the database through the proxy. */
  readonly url: string;
  /** Stops listening and closes all connections. */
  refuse(): Promise<void>;
  /** Accepts connections and never answers. */
  hang(): void;
  /** Forwards requests and drops the answers. */
  mute(): void;
  /** Works normally again, for new connections. */
  repair(): Promise<void>;
  /** Number of connections so far. */
  connections(): number;
  close(): Promise<void>;
}

export async function startDatabaseProxy(databaseUrl: string): Promise<DatabaseProxy> {
  const target = new URL(databaseUrl);
  const sockets = new Set<Socket>();
  let mode: 'open' | 'hang' | 'mute' = 'open';
  let count = 0;
  const forward = (client: Socket): void => {
    count++;
    const server = connect({ host: target.hostname, port: Number(target.port) });
    for (const socket of [client, server]) {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => sockets.delete(socket));
    }
    client.on('data', (bytes) => {
      if (mode !== 'hang') server.write(bytes);
    });
    server.on('data', (bytes) => {
      if (mode === 'open') client.write(bytes);
    });
    client.on('close', () => server.destroy());
    server.on('close', () => client.destroy());
  };
  const closeSockets = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  let listener = await listening(forward, 0);
  const { port } = listener.address() as { readonly port: number };
  const stop = async (): Promise<void> => {
    if (!listener.listening) return;
    const stopped = new Promise((resolve) => listener.close(resolve));
    closeSockets();
    await stopped;
  };
  const url = new URL(target);
  url.hostname = '127.0.0.1';
  url.port = String(port);
  return {
    url: url.href,
    refuse: stop,
    hang: () => {
      mode = 'hang';
    },
    mute: () => {
      mode = 'mute';
    },
    repair: async () => {
      closeSockets();
      mode = 'open';
      if (!listener.listening) listener = await listening(forward, port);
    },
    connections: () => count,
    close: stop,
  };
}

async function listening(forward: (socket: Socket) => void, port: number): Promise<Server> {
  const server = createServer(forward).listen(port, '127.0.0.1');
  await new Promise((resolve, reject) => {
    server.once('listening', resolve);
    server.once('error', reject);
  });
  return server;
}
