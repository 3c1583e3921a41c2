import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer, Server } from 'node:net';

/** What the part of a rootless lab that is inside asks of the one outside. */
interface Asked {
  readonly listen: { readonly host: string; readonly port: number };
}

/** Why it cannot listen there. */
interface Refused {
  readonly message: string;
  readonly code: string | undefined;
}

/**
 * Serves a child that runs in namespaces of its own: what it asks to listen on is opened here, and given to it.
 *
 * It gets nothing by this that its user could not do himself.
 */
export const serveOutside = (child: ChildProcess): void => {
  child.on('message', (message) => {
    if (isAsked(message)) void give(child, message);
  });
};

const give = async (child: ChildProcess, { listen: { host, port } }: Asked): Promise<void> => {
  // Whoever is sooner than the child tries again.
  const server = createServer((socket) => socket.destroy());
  try {
    server.listen(port, host);
    await once(server, 'listening');
    child.send({ listening: true }, server, () => server.close());
  } catch (error) {
    const { message, code } = error as NodeJS.ErrnoException;
    child.send({ message, code } satisfies Refused);
  }
};

/**
 * For the part inside: a socket that listens in the network of whoever started it; undefined where nobody serves it.
 *
 * Throws what the system says, in the shape of Node's own errors. Once is enough: nobody is there to be asked again.
 */
export const listenOutside = async (host: string, port: number): Promise<Server | undefined> => {
  if (process.send === undefined || !process.connected) return undefined;
  const answered = once(process, 'message');
  process.send({ listen: { host, port } } satisfies Asked);
  const [message, server] = (await answered) as [Refused, unknown];
  process.disconnect();
  if (server instanceof Server) return server;
  throw Object.assign(new Error(message.message), { code: message.code });
};

const isAsked = (message: unknown): message is Asked =>
  typeof message === 'object' && message !== null && 'listen' in message;
