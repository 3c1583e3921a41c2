import type { Background } from './background.js';
import { pythonCommand, run, until } from './kernel.js';
import type { RunningLab } from './lab.js';

/** How long a receiver or a sender may take to begin, and a datagram to come. In milliseconds. */
const PATIENCE = 10_000;

export const ALICE = '198.51.100.10';
export const ALEC = '198.51.100.11';

/** Short, so that what a restarted querier asks is answered soon; the last member query time is left alone. */
const IGMP = '{ query-interval: 20s, query-response-interval: 1s }';

const HOSTS = `
  alice: { interfaces: { red: { address: ${ALICE}/24, routes: [default] } } }
  alec: { interfaces: { red: { address: ${ALEC}/24, routes: [default] } } }
  bob: { interfaces: { blue: { address: 203.0.113.10/24, routes: [default] } } }
  bill: { interfaces: { blue: { address: 203.0.113.11/24, routes: [default] } } }
  carol: { interfaces: { green: { address: 192.0.2.10/25, routes: [default] } } }
  dan: { interfaces: { slim: { address: 192.0.2.130/25, routes: [default] } } }
`;

/** Alice and alec send on red; bob and bill on blue, carol on green and dan on slim receive. */
const ONE_ROUTER = `
links: { red: {}, blue: {}, green: {}, slim: { mtu: 1000 } }
hosts: ${HOSTS}
routers:
  r1:
    interfaces:
      red: { address: 198.51.100.1/24, igmp: ${IGMP} }
      blue: { address: 203.0.113.1/24, igmp: ${IGMP} }
      green: { address: 192.0.2.1/25, igmp: ${IGMP} }
      slim: { address: 192.0.2.129/25, igmp: ${IGMP} }
`;

/** The same with a proxy between: r1 tells r2 over core what the receivers want, and spy listens there. */
export const PROXY_AND_QUERIER = `
links: { red: {}, core: { gateway: r2 }, blue: {}, green: {}, slim: { mtu: 1000 } }
hosts: ${HOSTS}
  spy: { interfaces: { core: { address: 10.0.0.10/24, routes: [default] } } }
routers:
  r1:
    interfaces:
      core: { address: 10.0.0.1/24 }
      blue: { address: 203.0.113.1/24, igmp: ${IGMP} }
      green: { address: 192.0.2.1/25, igmp: ${IGMP} }
      slim: { address: 192.0.2.129/25, igmp: ${IGMP} }
    routes: [{ to: default, via: 10.0.0.2 }]
    multicast: { upstream: core }
  r2:
    interfaces:
      core: { address: 10.0.0.2/24, igmp: ${IGMP} }
      red: { address: 198.51.100.1/24, igmp: ${IGMP} }
    routes: [{ to: default, via: 10.0.0.1 }]
`;

/** Where every test of receivers must pass. */
export const TOPOLOGIES: readonly (readonly [title: string, text: string])[] = [
  ['over one router', ONE_ROUTER],
  ['over a querier and an IGMP proxy', PROXY_AND_QUERIER],
];

const LINK_OF: Readonly<Record<string, string>> = {
  alice: 'red',
  alec: 'red',
  bob: 'blue',
  bill: 'blue',
  carol: 'green',
  dan: 'slim',
  spy: 'core',
};

/** The device of a host of these topologies. */
export const deviceOf = (host: string): string => `tp-${host}-${LINK_OF[host]}`;

/** A program that joins and prints what comes; SIGUSR1 makes it leave, SIGUSR2 turn its filter mode around. */
const RECEIVER = `
import os, signal, socket, struct, sys, time
how, device, group, port, *sources = sys.argv[1:]
JOIN, LEAVE, JOIN_SOURCE, LEAVE_SOURCE, MSFILTER, MULTICAST_ALL = 42, 45, 46, 47, 48, 49
EXCLUDE, INCLUDE = 0, 1
index = socket.if_nametoindex(device)
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
s.setsockopt(socket.IPPROTO_IP, MULTICAST_ALL, 0)
s.bind((group, int(port)))
# In one piece, for a signal may come in the middle of a print.
def say(*words): os.write(1, (' '.join(map(str, words)) + '\\n').encode())
def option(name, value): s.setsockopt(socket.IPPROTO_IP, name, value)
def storage(address): return struct.pack('=HH4s120x', socket.AF_INET, 0, socket.inet_aton(address))
request = struct.pack('=I4x', index) + storage(group)
mreqn = struct.pack('=4s4sI', socket.inet_aton(group), bytes(4), index)
def filter_mode(mode):
    option(MSFILTER, request + struct.pack('=II', mode, len(sources)) + b''.join(map(storage, sources)))
mode = INCLUDE if how == 'include' else EXCLUDE
def leave(*_):
    if how == 'any-source': option(socket.IP_DROP_MEMBERSHIP, mreqn)
    elif how == 'source-specific':
        for source in sources: option(LEAVE_SOURCE, request + storage(source))
    else: option(LEAVE, request)
    say('left', time.time())
def turn(*_):
    global mode
    mode = EXCLUDE if mode == INCLUDE else INCLUDE
    filter_mode(mode)
    say('turned', time.time())
signal.signal(signal.SIGUSR1, leave)
signal.signal(signal.SIGUSR2, turn)
since = time.time()
if how == 'any-source': option(socket.IP_ADD_MEMBERSHIP, mreqn)
elif how == 'source-specific':
    for source in sources: option(JOIN_SOURCE, request + storage(source))
else:
    option(JOIN, request)
    filter_mode(mode)
say('joined', since)
while True:
    octets, (sender, _) = s.recvfrom(65535)
    say('got', sender, octets.decode().strip(), time.time(), len(octets))
`;

/** Sends `SEQUENCE TIME`, filled with spaces; the last argument is what Linux calls IP_PMTUDISC. */
const SENDER = `
import signal, socket, sys, time
group, port, count, interval, length, ttl, discover = sys.argv[1:]
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL, int(ttl))
s.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_LOOP, 0)
s.setsockopt(socket.IPPROTO_IP, 10, int(discover))
goes = True
def end(*_):
    global goes
    goes = False
signal.signal(signal.SIGTERM, end)
begin, sequence = time.monotonic(), 0
while goes and sequence < int(count):
    s.sendto(f'{sequence} {time.time():.6f}'.ljust(int(length)).encode(), (group, int(port)))
    sequence += 1
    wait = begin + sequence * float(interval) / 1000 - time.monotonic()
    if wait > 0: time.sleep(wait)
print('sent', sequence, flush=True)
`;

export interface Wish {
  readonly group: string;
  readonly port?: number;
  /** By which socket options; those of IP_ADD_MEMBERSHIP, MCAST_JOIN_SOURCE_GROUP and MCAST_MSFILTER. */
  readonly how?: 'any-source' | 'source-specific' | 'include' | 'exclude';
  readonly sources?: readonly string[];
}

export interface Received {
  readonly from: string;
  readonly sequence: number;
  /** In seconds since 1970, as tcpdump's. */
  readonly sentAt: number;
  readonly receivedAt: number;
  readonly length: number;
}

const PORT = 5000;

/** A program on a host that has joined a group. */
export class Receiver {
  readonly #process: Background;

  constructor(lab: RunningLab, host: string, device: string, wish: Wish) {
    const { group, port = PORT, how = 'any-source', sources = [] } = wish;
    const args = [how, device, group, String(port), ...sources];
    this.#process = lab.background(host, pythonCommand(RECEIVER, ...args));
  }

  /** When it was about to join, in seconds since 1970. */
  joined(): Promise<number> {
    return this.#time('joined');
  }

  /** Makes it leave, and gives the time. */
  leave(): Promise<number> {
    this.#process.signal('SIGUSR1');
    return this.#time('left');
  }

  /** Makes it exclude what it included, or the other way round. */
  turn(): Promise<number> {
    this.#process.signal('SIGUSR2');
    return this.#time('turned');
  }

  get received(): readonly Received[] {
    const lines = [...this.#process.stdout.matchAll(/^got (\S+) (\d+) (\S+) (\S+) (\d+)$/gm)];
    return lines.map(([, from = '', sequence, sentAt, receivedAt, length]) => ({
      from,
      sequence: Number(sequence),
      sentAt: Number(sentAt),
      receivedAt: Number(receivedAt),
      length: Number(length),
    }));
  }

  /** Waits for so many datagrams, or more. */
  async has(count: number, deadlineMs = PATIENCE): Promise<void> {
    const state = (): string => `${this.received.length} of ${count}; ${this.#process.stderr}`;
    await until(() => this.received.length >= count, deadlineMs, `datagrams to come (${state()})`);
  }

  stop(): Promise<void> {
    return this.#process.stop();
  }

  async #time(word: string): Promise<number> {
    return Number((await this.#process.printed(new RegExp(`^${word} (\\S+)\\n`, 'm')))[1]);
  }
}

/** Lends receivers to a test, each on the device of its host; all have joined. */
export async function withReceivers<Hosts extends Readonly<Record<string, Wish>>>(
  lab: RunningLab,
  wishes: Hosts,
  body: (receivers: Readonly<Record<keyof Hosts, Receiver>>) => Promise<void>,
): Promise<void> {
  const receivers = Object.entries<Wish>(wishes).map(
    ([host, wish]) => [host, new Receiver(lab, host, deviceOf(host), wish)] as const,
  );
  try {
    for (const [, receiver] of receivers) await receiver.joined();
    await body(Object.fromEntries(receivers) as Record<keyof Hosts, Receiver>);
  } finally {
    for (const [, receiver] of receivers) await receiver.stop();
  }
}

export interface Stream {
  readonly group: string;
  readonly port?: number;
  /** Endless unless told. */
  readonly count?: number;
  /** In milliseconds. */
  readonly interval?: number;
  /** Of the UDP payload. */
  readonly length?: number;
  readonly ttl?: number;
  readonly mayFragment?: boolean;
}

const senderCommand = (stream: Stream): string[] => {
  const { group, port = PORT, count = 1_000_000, interval = 5, length = 32, ttl = 8 } = stream;
  const discover = stream.mayFragment === true ? 0 : 2;
  return pythonCommand(SENDER, ...[group, port, count, interval, length, ttl, discover].map(String));
};

/** Sends from a host to the end, and gives how many were sent. */
export async function send(lab: RunningLab, host: string, stream: Stream): Promise<number> {
  const [file = '', ...args] = senderCommand({ count: 5, ...stream });
  const namespace = lab.namespaceOf(host);
  const { code, stdout, stderr } = await run(file, args, { namespace, timeout: 30_000 });
  if (code !== 0) throw new Error(`the sender on ${host}: ${stderr}`);
  return Number(/^sent (\d+)/m.exec(stdout)?.[1]);
}

/** Sends from a host while something happens, and gives how many were sent. */
export async function whileSending(
  lab: RunningLab,
  host: string,
  stream: Stream,
  body: () => Promise<void>,
): Promise<number> {
  const sender = lab.background(host, senderCommand(stream));
  try {
    await body();
    sender.signal('SIGTERM');
    return Number((await sender.printed(/^sent (\d+)/m))[1]);
  } finally {
    await sender.stop();
  }
}

/** On which interfaces somebody is a member of a group, as the lab says. */
export const memberInterfaces = async (lab: RunningLab, group: string): Promise<string[]> => {
  const rows = await lab.show<{ interface: string; group: string }[]>('groups');
  return rows.filter((row) => row.group === group).map((row) => row.interface);
};

/** The sequence numbers between the first and the last that are missing, or came twice. */
export const flawsOf = (received: readonly Received[]): readonly number[] => {
  const seen = new Map<number, number>();
  for (const { sequence } of received) seen.set(sequence, (seen.get(sequence) ?? 0) + 1);
  const first = Math.min(...seen.keys());
  const last = Math.max(...seen.keys());
  const all = Array.from({ length: Math.max(0, last - first + 1) }, (_, at) => first + at);
  return all.filter((sequence) => seen.get(sequence) !== 1);
};

/** Lets a time pass that the test is about, in milliseconds. */
export const pass = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
