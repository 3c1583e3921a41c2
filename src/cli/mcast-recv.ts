import type { RemoteInfo } from 'node:dgram';
import { type GroupEndpoint, joinGroup } from '../host/group-socket.js';
import { Interruption } from './interruption.js';
import type { Terminal } from './terminal.js';

interface Receiving {
  readonly count?: number;
  /** In milliseconds. */
  readonly duration?: number;
}

/**
 * Joins a group, prints a line a datagram, and leaves.
 *
 * Returns 1 if none came, or fewer than `count` within `duration`; compare `ping -c -w`.
 */
export const receiveFromGroup = async (
  terminal: Terminal,
  endpoint: GroupEndpoint,
  { count = Number.POSITIVE_INFINITY, duration = Number.POSITIVE_INFINITY }: Receiving,
): Promise<number> => {
  const interruption = new Interruption();
  let [received, senders] = [0, new Set<string>()];
  const take = (payload: Buffer, from: RemoteInfo): void => {
    if (received >= count) return;
    received += 1;
    senders = senders.add(from.address);
    tell(terminal, endpoint, payload, from);
    if (received >= count) interruption.happen();
  };
  const socket = await joinGroup(endpoint, take);
  const { group, port, source } = endpoint;
  const from = source === undefined ? '' : ` for ${source}`;
  if (source === undefined && group.startsWith('232.'))
    terminal.hint(`${group} is source-specific: no router forwards it unless --source names the sender`);
  terminal.hint(`joined ${group}${from}; waiting for datagrams to port ${port}`);
  const isOver = !(await interruption.within(duration));
  interruption.ignore();
  await new Promise<void>((resolve) => socket.close(() => resolve()));
  if (received === 0 && isOver)
    terminal.hint(
      `nothing arrived within ${duration / 1000} s (exit code 1); \`tunpike show mroutes\` says where streams go`,
    );
  terminal.hint(
    `left ${group}: ${received} received from ${senders.size === 1 ? '1 source' : `${senders.size} sources`}`,
  );
  const isShort = isOver && count !== Number.POSITIVE_INFINITY && received < count;
  return received === 0 || isShort ? 1 : 0;
};

const tell = (
  terminal: Terminal,
  { group, port }: GroupEndpoint,
  payload: Buffer,
  { address, port: sourcePort }: RemoteInfo,
): void => {
  const { length } = payload;
  const number = /^tunpike (\d{1,10})$/.exec(payload.toString('latin1'))?.[1];
  if (terminal.isJson) {
    const time = new Date().toISOString();
    const known = number === undefined ? null : Number(number);
    terminal.printJsonLine({ time, group, port, source: address, sourcePort, length, number: known });
    return;
  }
  const what = number === undefined ? '' : `, number ${number}`;
  terminal.print(`${address}:${sourcePort} > ${group}:${port}: ${length} octets${what}`);
};
