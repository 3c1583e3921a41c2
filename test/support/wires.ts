import { Background } from './background.js';
import { namespacePath, pythonCommand } from './kernel.js';
import type { RunningLab } from './lab.js';

/**
 * Opens a packet socket on a device of another namespace; bound to one protocol, it gives only what comes in. A
 * virtio-net header is before each, for several datagrams may come as one. Source: packet(7), linux/virtio_net.h.
 */
const OPEN = `
import ctypes, os, select, signal, socket, struct, sys, time
SOL_PACKET, PACKET_VNET_HDR = 263, 15
libc = ctypes.CDLL(None, use_errno=True)
def open_device(path, device):
    with open(path) as namespace:
        if libc.setns(namespace.fileno(), 0) != 0: raise OSError(ctypes.get_errno(), 'setns')
    s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
    s.setsockopt(SOL_PACKET, PACKET_VNET_HDR, 1)
    s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
    s.bind((device, 0x0800))
    return s
goes = True
def end(*_):
    global goes
    goes = False
signal.signal(signal.SIGTERM, end)
`;

/** Counts UDP to a group, and ICMP, that many devices receive. */
const COUNT = `${OPEN}
group, *places = sys.argv[1:]
wanted = socket.inet_aton(group)
sockets = {open_device(*place.split(',')): [0, 0] for place in places}
print('listening', flush=True)
until = None
while until is None or time.monotonic() < until:
    if not goes and until is None: until = time.monotonic() + 0.15
    for ready in select.select(list(sockets), [], [], 0.05)[0]:
        octets = ready.recv(10 + 65535)
        _, kind, _, segment, start, _ = struct.unpack('=BBHHHH', octets[:10])
        octets = octets[10:]
        if octets[9] == 1: sockets[ready][1] += 1
        elif octets[9] == 17 and octets[16:20] == wanted:
            sockets[ready][0] += 1 if kind == 0 else -(-(len(octets) - start - 8) // segment)
for datagrams, icmp in sockets.values(): print('count', datagrams, icmp, flush=True)
`;

/** Carries what comes to either of two devices to the router of the other, as if a cable joined their links. */
const JOIN = `${OPEN}
one, other = (open_device(*place.split(',')) for place in sys.argv[1:])
opposite = {one: (other, sys.argv[2]), other: (one, sys.argv[1])}
print('joined', flush=True)
while goes:
    for ready in select.select([one, other], [], [], 0.05)[0]:
        to, place = opposite[ready]
        # A device that is down says so once, and takes nothing.
        try: to.sendto(ready.recv(10 + 65535), (place.split(',')[1], 0x0800))
        except OSError: pass
`;

/** A host's device, wherever its namespace is. */
export interface Place {
  readonly lab: RunningLab;
  readonly host: string;
  readonly device: string;
}

const written = ({ lab, host, device }: Place): string => `${namespacePath(lab.namespaceOf(host))},${device}`;

/** Datagrams that came over a wire to its host. */
export interface WireCount {
  readonly toGroup: number;
  readonly icmp: number;
}

/** Counts what comes over some wires, wanted or not, while something happens. */
export async function countedOnWires(
  places: readonly Place[],
  group: string,
  body: () => Promise<void>,
): Promise<readonly WireCount[]> {
  const counter = new Background(pythonCommand(COUNT, group, ...places.map(written)));
  try {
    await counter.printed(/listening/);
    await body();
    counter.signal('SIGTERM');
    await counter.ended();
  } finally {
    await counter.stop();
  }
  if (counter.stderr !== '') throw new Error(counter.stderr);
  return [...counter.stdout.matchAll(/^count (\d+) (\d+)$/gm)].map(([, toGroup, icmp]) => ({
    toGroup: Number(toGroup),
    icmp: Number(icmp),
  }));
}

/** Joins the links of two labs at the devices of two hosts; the caller stops it. */
export async function joinedLinks(one: Place, other: Place): Promise<Background> {
  const cable = new Background(pythonCommand(JOIN, written(one), written(other)));
  await cable.printed(/joined/);
  return cable;
}
