import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inNamespace } from '../../src/host/namespaces.js';
import { attributesOf, joined, messagesOf, refusalsOf, request, textOf } from '../../src/tun/netlink.js';
import { openKernel } from '../../src/tun/open-kernel.js';
import { linkDumpRequest, linkEntries, routeDumpRequest, routeEntries } from '../../src/tun/rtnetlink.js';
import {
  addAddressRequest,
  addRouteRequest,
  deleteAddressRequest,
  deleteLinkRequest,
  deleteRouteRequest,
  mtuRequest,
  upRequest,
} from '../../src/tun/rtnetlink-request.js';
import { describeKernel, ip, withNamespace } from '../support/kernel.js';

describe('a message of netlink', () => {
  it('is read as it was written, whatever its attributes', () => {
    const attribute = fc.tuple(fc.integer({ min: 1, max: 0x3fff }), fc.uint8Array({ maxLength: 40 }));
    const unique = fc.uniqueArray(attribute, { maxLength: 8, selector: ([type]) => type });
    const message = fc.tuple(fc.integer({ min: 16, max: 200 }), fc.uint8Array({ maxLength: 20 }), unique);
    fc.assert(
      fc.property(fc.array(message, { maxLength: 5 }), (messages) => {
        const octets = joined(
          messages.map(([type, fixed, attributes]) => request(type, 0, fixed, attributes)),
        );
        const read = messagesOf(octets);
        expect(read.map(({ type }) => type)).toEqual(messages.map(([type]) => type));
        for (const [i, [, fixed, attributes]] of messages.entries()) {
          const found = attributesOf(read[i]!.payload, fixed.length);
          const values = [...found].map(([type, value]) => [
            type,
            new Uint8Array(value.buffer, value.byteOffset, value.byteLength),
          ]);
          expect(values).toEqual(attributes.map(([type, value]) => [type, Uint8Array.from(value)]));
        }
      }),
      { numRuns: 100 },
    );
  });

  it('is read whatever it is', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (octets) => {
        for (const { payload } of messagesOf(octets))
          for (const value of attributesOf(payload).values()) expect(textOf(value)).toBeTypeOf('string');
        refusalsOf(messagesOf(octets));
      }),
      { numRuns: 300 },
    );
  });
});

describeKernel('routing netlink', [], () => {
  it.each(['native', 'koffi'])('does what `ip` says that it did, and says why it did not (%s)', (backend) =>
    withNamespace('tpnl', async (namespace) => {
      const kernel = await openKernel(backend);
      const ask = (...requests: readonly Uint8Array[]) =>
        inNamespace(namespace, undefined, (handle) => kernel.exchange(handle, joined(requests)));
      const refusals = (...requests: readonly Uint8Array[]) => refusalsOf(messagesOf(ask(...requests)));
      await ip('tuntap add dev tp0 mode tun', namespace);
      const { index } = linkEntries(ask(linkDumpRequest())).find(({ name }) => name === 'tp0')!;
      const [own, gateway] = [0xc633640a, 0xc6336401];
      const toGateway = { to: { network: 0, length: 0 }, via: gateway, onlink: false };
      const groups = { to: { network: 0xe0000000, length: 4 }, via: undefined, onlink: false };
      const far = { to: { network: 0x0a000000, length: 8 }, via: 0xc0000201, onlink: true };

      expect(
        refusals(
          mtuRequest(index, 1400),
          addAddressRequest(index, own, 24),
          upRequest(index),
          ...[toGateway, groups, far].map((route) => addRouteRequest(index, route)),
        ),
      ).toEqual([]);
      const routes = async (): Promise<string[]> =>
        (await ip('route', namespace)).split('\n').map((line) => line.trim().replace(/ linkdown$/, ''));
      expect(await routes()).toEqual([
        'default via 198.51.100.1 dev tp0',
        '10.0.0.0/8 via 192.0.2.1 dev tp0 onlink',
        '198.51.100.0/24 dev tp0 proto kernel scope link src 198.51.100.10',
        '224.0.0.0/4 dev tp0 scope link',
        '',
      ]);
      expect(await ip('-o addr show dev tp0', namespace)).toContain('inet 198.51.100.10/24 scope global tp0');
      expect(await ip('-o link show dev tp0', namespace)).toMatch(/UP.* mtu 1400/);

      // One that is refused keeps nothing else from being done.
      expect(
        refusals(
          addAddressRequest(index, own, 24),
          deleteRouteRequest(index, groups),
          addRouteRequest(index, { ...toGateway, to: { network: 0x0b000000, length: 8 }, via: 0x01020304 }),
          deleteRouteRequest(index, far),
          upRequest(999),
        ),
      ).toEqual([
        {
          sequence: 1,
          code: 'EEXIST',
          reason: expect.toSatisfy((x) => x === undefined || typeof x === 'string'),
        },
        {
          sequence: 3,
          code: 'ENETUNREACH',
          reason: expect.stringContaining('gateway'),
        },
        expect.objectContaining({ sequence: 5, code: 'ENODEV' }),
      ]);
      expect(await routes()).toHaveLength(3);
      expect(refusals(deleteAddressRequest(index, own, 24), deleteLinkRequest(index))).toEqual([]);
      expect(await ip('-o link', namespace)).not.toContain('tp0');
    }),
  );

  it.each(['native', 'koffi'])('gives a long list whole (%s)', (backend) =>
    withNamespace('tpnl', async (namespace) => {
      const kernel = await openKernel(backend);
      await ip('tuntap add dev tp0 mode tun', namespace);
      inNamespace(namespace, undefined, (handle) => {
        const links = linkEntries(kernel.exchange(handle, linkDumpRequest()));
        const { index } = links.find(({ name }) => name === 'tp0')!;
        const routes = Array.from({ length: 3000 }, (_, i) => ({
          to: { network: 0x0a000000 + i, length: 32 },
          via: undefined,
          onlink: false,
        }));
        const requests = [upRequest(index), ...routes.map((route) => addRouteRequest(index, route))];
        expect(refusalsOf(messagesOf(kernel.exchange(handle, joined(requests))))).toEqual([]);
        const found = routeEntries(kernel.exchange(handle, routeDumpRequest()));
        expect(found.map(({ to }) => to)).toEqual(routes.map(({ to }) => to));
      });
    }),
  );
});
