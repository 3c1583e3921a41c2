import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { networkInterfaces } from 'node:os';
import { Failure } from '../failure.js';

/** Where datagrams to a group go, as a program of a host says it. */
export interface GroupEndpoint {
  readonly group: string;
  readonly port: number;
  /** A device or its address; undefined leaves it to the routes of the kernel. */
  readonly interface: string | undefined;
  /** To receive from, or to send from. */
  readonly source: string | undefined;
}

/** A socket that is a member of a group until it is closed; datagrams to other groups do not reach it. */
export const joinGroup = async (
  endpoint: GroupEndpoint,
  received: (payload: Buffer, from: RemoteInfo) => void,
): Promise<Socket> => {
  const { group, port, source } = endpoint;
  const device = addressOf(endpoint.interface);
  const socket = createSocket({ type: 'udp4', reuseAddr: true });
  socket.on('message', received);
  try {
    socket.bind(port, group);
    await once(socket, 'listening');
    if (source === undefined) socket.addMembership(group, device);
    else socket.addSourceSpecificMembership(source, group, device);
  } catch (error) {
    socket.close();
    throw explained(error, endpoint);
  }
  return socket;
};

/** A socket that sends to a group. */
export const openSender = async (endpoint: GroupEndpoint, ttl: number): Promise<Socket> => {
  const device = addressOf(endpoint.interface);
  const socket = createSocket('udp4');
  try {
    socket.bind(0, endpoint.source);
    await once(socket, 'listening');
    socket.setMulticastTTL(ttl);
    if (device !== undefined) socket.setMulticastInterface(device);
  } catch (error) {
    socket.close();
    throw explained(error, endpoint);
  }
  return socket;
};

/** Resolves when the kernel has taken it. */
export const sendTo = (socket: Socket, { group, port, ...rest }: GroupEndpoint, payload: string) =>
  new Promise<void>((resolve, reject) => {
    socket.send(payload, port, group, (error) =>
      error === null ? resolve() : reject(explained(error, { group, port, ...rest })),
    );
  });

const addressOf = (named: string | undefined): string | undefined => {
  if (named === undefined || /^[\d.]+$/.test(named)) return named;
  const found = networkInterfaces()[named]?.find(({ family }) => family === 'IPv4');
  if (found !== undefined) return found.address;
  throw new Failure(2, `no device ${named} with an IPv4 address is up here`, 'see `ip -br addr`');
};

const explained = (error: unknown, { group, source }: GroupEndpoint): unknown => {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ENODEV' || code === 'ENETUNREACH')
    return new Failure(
      1,
      `this host has no route to ${group}, so its kernel does not know which device is meant`,
      'add 224.0.0.0/4 to the routes of one of its interfaces, or name one: --interface DEVICE',
    );
  if (code === 'EADDRNOTAVAIL' && source !== undefined)
    return new Failure(2, `${source} is no address of this host`, 'see `ip -br addr`');
  if (code === 'EADDRINUSE') return new Failure(6, 'another program has this port for itself');
  if (code === 'ENOBUFS')
    return new Failure(
      1,
      'this host is a member of too many groups',
      'sysctl -w net.ipv4.igmp_max_memberships=1000',
    );
  return error;
};
