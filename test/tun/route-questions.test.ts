import { describe, expect, it, onTestFinished } from 'vitest';
import { type Address, formatAddress } from '../../src/address.js';
import type { RouteSocket } from '../../src/tun/descriptor.js';
import { LITTLE, request } from '../../src/tun/netlink.js';
import { loadDriver } from '../../src/tun/open-port.js';
import { RouteQuestions } from '../../src/tun/route-questions.js';
import { ip as address } from '../support/datagram.js';
import { describeKernel, ip, namespacePath, withNamespace } from '../support/kernel.js';

const [ALICE, BOB, VIA] = [address('198.51.100.10'), address('203.0.113.10'), address('198.51.100.2')];
const EINVAL = 22;

describe('a question about a route', () => {
  /** The attributes of a question: destination, source and device. */
  const attributesOf = (octets: Uint8Array): string[] => {
    const view = new DataView(octets.buffer);
    const found: string[] = [];
    for (let at = 28; at < octets.length; at += 8) {
      const kind = view.getUint16(at + 2, LITTLE);
      found.push(
        kind === 4 ? `dev ${view.getUint32(at + 4, LITTLE)}` : formatAddress(view.getUint32(at + 4)),
      );
    }
    return found;
  };

  const routeBy = (index: number, via?: Address, kind = 1): Uint8Array => {
    const inOrder = new Uint8Array(4);
    new DataView(inOrder.buffer).setUint32(0, via ?? 0);
    const rtmsg = Uint8Array.of(2, 32, 0, 0, 254, 0, 0, kind, 0, 0, 0, 0);
    return request(24, 0, rtmsg, [[4, index], ...(via === undefined ? [] : [[5, inOrder] as const])]);
  };

  /** A kernel that answers one question after the other: a route, or an errno. */
  const answering = (...answers: readonly (Uint8Array | number)[]) => {
    const asked: Uint8Array[] = [];
    const socket: RouteSocket = {
      ask(octets, answer) {
        const next = answers[asked.push(octets.slice()) - 1] ?? -EINVAL;
        if (typeof next === 'number') return next;
        answer.set(next);
        return next.length;
      },
      close: () => {},
    };
    const said = new RouteQuestions(socket).nextHopTo(BOB, { source: ALICE, tos: 0x13, index: 7 });
    return { said, asked: asked.map(attributesOf), octets: asked };
  };

  it('gives destination, source and type of service, and asks for no acknowledgment', () => {
    const { said, asked, octets } = answering(routeBy(7, VIA));
    expect(said).toBe(VIA);
    expect(asked).toEqual([['203.0.113.10', '198.51.100.10']]);
    const [question] = octets;
    const view = new DataView(question!.buffer);
    expect([view.getUint16(4, LITTLE), view.getUint16(6, LITTLE)]).toEqual([26, 1]);
    expect([...question!.subarray(16, 20)]).toEqual([2, 32, 32, 0x10]);
  });

  it('is put again by the device where the route leads out of another, and without a source that is refused', () => {
    expect(answering(routeBy(8, VIA), routeBy(7)).asked).toEqual([
      ['203.0.113.10', '198.51.100.10'],
      ['203.0.113.10', '198.51.100.10', 'dev 7'],
    ]);
    const { said, asked } = answering(-EINVAL, -EINVAL, routeBy(8), routeBy(7, VIA));
    expect(said).toBe(VIA);
    expect(asked.slice(2)).toEqual([['203.0.113.10'], ['203.0.113.10', 'dev 7']]);
  });

  it('is answered by nobody where there is no route, none that names anybody, or no answer that can be read', () => {
    expect(answering().said).toBeUndefined();
    expect(answering(routeBy(7)).said).toBeUndefined();
    expect(answering(routeBy(7, VIA, 6)).said).toBeUndefined();
    for (let length = 0; length < 44; length++)
      expect(answering(routeBy(7, VIA).subarray(0, length)).said).toBeUndefined();
  });
});

describeKernel('the kernel of a host', [], () => {
  it.each(['native', 'koffi'] as const)('says which next hop it has chosen (%s)', (backend) =>
    withNamespace('tptun-routes', async (namespace) => {
      const driver = await loadDriver(backend);
      for (const [device, own] of [
        ['tp0', '198.51.100.10/24'],
        ['tp1', '192.0.2.10/24'],
      ] as const) {
        const { descriptor } = driver.open(namespacePath(namespace), device, false);
        onTestFinished(() => descriptor.close());
        await ip(`addr add ${own} dev ${device}`, namespace);
        await ip(`link set ${device} up`, namespace);
      }
      const indexOf = async (device: string) =>
        (JSON.parse(await ip(`-j link show ${device}`, namespace)) as { ifindex: number }[])[0]!.ifindex;
      const [tp0, tp1] = [await indexOf('tp0'), await indexOf('tp1')];
      const socket = driver.openRouteSocket(namespacePath(namespace));
      onTestFinished(() => socket.close());
      const questions = new RouteQuestions(socket);
      const to = (destination: string, source = '198.51.100.10', index = tp0, tos = 0): string => {
        const asked = { source: address(source), tos, index };
        const via = questions.nextHopTo(address(destination), asked);
        return via === undefined ? 'nobody' : formatAddress(via);
      };
      expect(to('203.0.113.10')).toBe('nobody');
      await ip('route add default via 198.51.100.1', namespace);
      await ip('route add 203.0.113.0/24 via 198.51.100.2', namespace);
      await ip('route add 203.0.113.0/25 tos 0x10 via 198.51.100.3', namespace);
      await ip('route add 10.0.0.0/8 dev tp0', namespace);
      await ip('route add 10.9.0.0/16 via 192.0.2.1', namespace);
      expect([to('8.8.8.8'), to('203.0.113.10'), to('10.1.1.1'), to('198.51.100.20')]).toEqual([
        ...['198.51.100.1', '198.51.100.2', 'nobody', 'nobody'],
      ]);
      expect(to('203.0.113.10', '198.51.100.10', tp0, 0x10)).toBe('198.51.100.3');
      expect(to('10.9.1.1', '192.0.2.10', tp1)).toBe('192.0.2.1');
      // Bound to a device to which no route leads.
      expect(to('10.9.1.1', '198.51.100.10', tp0)).toBe('nobody');
      // Forwarded: the source is somebody else's.
      expect(to('203.0.113.10', '10.77.0.1')).toBe('198.51.100.2');
      await ip('rule add from 198.51.100.10 table 77', namespace);
      await ip('route add 203.0.113.0/24 via 198.51.100.4 table 77', namespace);
      expect(to('203.0.113.10')).toBe('198.51.100.4');
    }),
  );
});
