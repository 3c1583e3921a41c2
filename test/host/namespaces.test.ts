import {
  closeSync,
  constants,
  openSync,
  readdirSync,
  readlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { expect, it } from 'vitest';
import {
  findNamed,
  inNamespace,
  isProved,
  namespaceIdentity,
  UnnamedNamespaces,
} from '../../src/host/namespaces.js';
import { surveyNamespace } from '../../src/host/survey.js';
import { openKernel } from '../../src/tun/open-kernel.js';
import { describeKernel, ip, run, withNamespace } from '../support/kernel.js';

const here = (): string => readlinkSync('/proc/thread-self/ns/net');
const descriptors = (): number => readdirSync('/proc/self/fd').length;

describeKernel('a network namespace', ['sysctl'], () => {
  it.each(['native', 'koffi'])('is made unseen, and is the same under its name (%s)', async (backend) => {
    const kernel = await openKernel(backend);
    expect(kernel.backend).toBe(backend);
    const name = `tpns-${process.pid}-${backend}`;
    const [before, open] = [here(), descriptors()];
    const made = UnnamedNamespaces.make(kernel, [name]);
    const proof = made.proofs[0]!;
    expect([here(), findNamed(name)]).toEqual([before, undefined]);
    made.giveNames();
    made.close();
    try {
      expect(namespaceIdentity(name)).toBe(proof.identity);
      expect(isProved(proof)).toBe(true);
      expect(await ip('-o link', name)).toContain('lo');
      expect(await ip('netns')).toContain(name);
    } finally {
      kernel.detach(name);
    }
    expect([findNamed(name), here(), descriptors()]).toEqual([undefined, before, open]);
  });

  it.each(['native', 'koffi'])('takes no name from anybody, whatever has it (%s)', async (backend) => {
    const kernel = await openKernel(backend);
    const name = `tpns-${process.pid}-taken-${backend}`;
    writeFileSync(`/run/netns/${name}`, '');
    const made = UnnamedNamespaces.make(kernel, [name]);
    const proof = made.proofs[0]!;
    try {
      expect(() => made.giveNames()).toThrow(expect.objectContaining({ code: 'EEXIST' }));
      expect([findNamed(name)?.kind, isProved(proof)]).toEqual(['file', false]);
    } finally {
      made.close();
      unlinkSync(`/run/netns/${name}`);
    }
  });

  it.each(['native', 'koffi'])('is left again after whatever goes wrong inside (%s)', (backend) =>
    withNamespace('tpns', async (namespace) => {
      const kernel = await openKernel(backend);
      const [before, open] = [here(), descriptors()];
      const inside = (body: (handle: number | undefined) => unknown) => () =>
        inNamespace(namespace, undefined, body);
      expect(inside((handle) => kernel.exchange(handle, new Uint8Array(5)))).toThrow(/EINVAL|Invalid/);
      expect(inside((handle) => kernel.setting(handle, 'ipv4/conf/none/rp_filter', '1'))).toThrow(
        /ENOENT|No such/,
      );
      const file = openSync('/proc/self/ns/mnt', constants.O_RDONLY);
      expect(() => kernel.exchange(file, new Uint8Array(0))).toThrow(/EINVAL|Invalid/);
      closeSync(file);
      expect(() => kernel.detach('../net')).toThrow(/EINVAL|Invalid/);
      expect([here(), descriptors()]).toEqual([before, open]);
    }),
  );

  it('is not entered where another one has its name by now', () =>
    withNamespace('tpns', async (namespace) => {
      const identity = namespaceIdentity(namespace);
      expect(inNamespace(namespace, identity, () => 7)).toBe(7);
      expect(() => inNamespace(namespace, '1@1', () => 7)).toThrow(/is another one by now/);
    }));

  it.each(['native', 'koffi'])('has the settings that sysctl says (%s)', (backend) =>
    withNamespace('tpns', async (namespace) => {
      const kernel = await openKernel(backend);
      inNamespace(namespace, undefined, (handle) => kernel.setting(handle, 'ipv4/conf/lo/rp_filter', '2'));
      const { stdout } = await run('sysctl', ['-n', 'net.ipv4.conf.lo.rp_filter'], { namespace });
      expect(stdout.trim()).toBe('2');
      const read = inNamespace(namespace, undefined, (handle) =>
        kernel.setting(handle, 'ipv4/conf/lo/rp_filter'),
      );
      expect(read.trim()).toBe('2');
    }),
  );

  it('holds what `ip` says that it holds', () =>
    withNamespace('tpns', async (namespace) => {
      for (const line of [
        'tuntap add dev tp0 mode tun',
        'tuntap add dev tap0 mode tap',
        'link add v0 type veth peer name v1',
        'link set tp0 mtu 1400 up',
        'link set v0 up',
        'link set v1 up',
        'address add 198.51.100.10/24 dev tp0',
        'address add 198.51.100.11/32 peer 198.51.100.12 dev tp0',
        'address add 192.0.2.1/30 dev v0',
        'route add default via 192.0.2.2',
        'route add 10.0.0.0/8 via 192.0.2.2 metric 7',
        'route add 203.0.113.0/24 nexthop via 192.0.2.2 nexthop dev v0',
        'route add blackhole 198.18.0.0/15',
        'route add 10.9.0.0/16 dev v0 table 99',
      ])
        await ip(line, namespace);
      const { devices, routes } = await surveyNamespace(namespace);
      const links = JSON.parse(await ip('-j -d addr', namespace)) as {
        readonly ifname: string;
        readonly ifindex: number;
        readonly mtu: number;
        readonly txqlen?: number;
        readonly flags: readonly string[];
        readonly linkinfo?: { info_kind?: string; info_data?: { type?: string; persist?: boolean } };
        readonly addr_info: readonly { family: string; local: string; prefixlen: number }[];
      }[];
      expect(devices).toEqual(
        links.map((link) => ({
          name: link.ifname,
          index: link.ifindex,
          mtu: link.mtu,
          queueLength: link.txqlen ?? 0,
          up: link.flags.includes('UP'),
          attached: link.flags.includes('LOWER_UP'),
          tun:
            link.linkinfo?.info_kind === 'tun' && link.linkinfo.info_data?.type === 'tun'
              ? { persistent: link.linkinfo.info_data.persist }
              : undefined,
          addresses: link.addr_info
            .filter(({ family }) => family === 'inet')
            .map(({ local, prefixlen }) => `${local}/${prefixlen}`),
        })),
      );
      const table = JSON.parse(await ip('-j -4 route', namespace)) as {
        readonly dst: string;
        readonly gateway?: string;
        readonly dev?: string;
        readonly metric?: number;
      }[];
      const text = (route: (typeof routes)[number]): string =>
        `${route.to.length === 0 ? 'default' : `${route.to.network}/${route.to.length}`} ${route.via} ${route.device} ${route.metric}`;
      const asNumber = (dst: string): string => {
        if (dst === 'default') return dst;
        const [address = '', length = '32'] = dst.split('/');
        return `${address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0)}/${length}`;
      };
      expect(routes.map(text)).toEqual(
        table.map(({ dst, gateway, dev, metric = 0 }) => `${asNumber(dst)} ${gateway} ${dev} ${metric}`),
      );
    }));
});
