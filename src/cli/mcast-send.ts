import { type GroupEndpoint, openSender, sendTo } from '../host/group-socket.js';
import { Interruption } from './interruption.js';
import type { Terminal } from './terminal.js';

interface Sending {
  readonly ttl: number;
  /** In milliseconds. */
  readonly interval: number;
  readonly count?: number;
}

/** A numbered payload; `mcast recv` prints the number. */
const payloadOf = (number: number): string => `tunpike ${number}`;

/** Sends numbered datagrams, `count` of them or until interrupted; returns 0. */
export const sendToGroup = async (
  terminal: Terminal,
  endpoint: GroupEndpoint,
  { ttl, interval, count = Number.POSITIVE_INFINITY }: Sending,
): Promise<number> => {
  const { group, port } = endpoint;
  const socket = await openSender(endpoint, ttl);
  tellLimits(terminal, group, ttl);
  const interruption = new Interruption();
  try {
    for (let number = 1; number <= count; number += 1) {
      const payload = payloadOf(number);
      await sendTo(socket, endpoint, payload);
      const { length } = payload;
      if (terminal.isJson)
        terminal.printJsonLine({ time: new Date().toISOString(), group, port, number, length, ttl });
      else terminal.print(`sent ${number} to ${group}:${port}, ${length} octets, ttl ${ttl}`);
      if (number < count && (await interruption.within(interval))) break;
    }
  } finally {
    interruption.ignore();
    socket.close();
  }
  return 0;
};

const tellLimits = (terminal: Terminal, group: string, ttl: number): void => {
  if (group.startsWith('224.0.0.'))
    terminal.hint(`${group} never leaves its link: no router forwards 224.0.0.0/24`);
  else if (ttl === 0) terminal.hint('TTL 0: these datagrams never leave this host');
  else if (ttl === 1)
    terminal.hint('TTL 1: these reach the hosts of this link, and no router forwards them; try --ttl 16');
};
