import { connect, createServer, type Server, type Socket } from 'node:net';

/** What is between a client and a database server, and can fail. */
export interface DatabaseProxy {
  /** Of the database, by this way. */
  readonly url: string;
  /** Nobody listens any more, and whoever is connected is cut off. */
  refuse(): Promise<void>;
  /** Everybody is let in, and nothing is ever answered. */
  hang(): void;
  /** What is asked goes through; what is answered does not. */
  mute(): void;
  /** All is well again, for new connections. */
  mend(): Promise<void>;
  /** How many connections there have been. */
  connections(): number;
  close(): Promise<void>;
}

export async function startDatabaseProxy(databaseUrl: string): Promise<DatabaseProxy> {
  const target = new URL(databaseUrl);
  const sockets = new Set<Socket>();
  let mode: 'open' | 'hang' | 'mute' = 'open';
  let count = 0;
  const meet = (client: Socket): void => {
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
  const cutOff = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  let listener = await listening(meet, 0);
  const { port } = listener.address() as { readonly port: number };
  const stop = async (): Promise<void> => {
    if (!listener.listening) return;
    const stopped = new Promise((resolve) => listener.close(resolve));
    cutOff();
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
    mend: async () => {
      cutOff();
      mode = 'open';
      if (!listener.listening) listener = await listening(meet, port);
    },
    connections: () => count,
    close: stop,
  };
}

async function listening(meet: (socket: Socket) => void, port: number): Promise<Server> {
  const server = createServer(meet).listen(port, '127.0.0.1');
  await new Promise((resolve, reject) => {
    server.once('listening', resolve);
    server.once('error', reject);
  });
  return server;
}
