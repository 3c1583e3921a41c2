import { afterEach, expect, it } from 'vitest';
import type { Configuration } from '../../src/config/configuration.js';
import { Failure } from '../../src/failure.js';
import { HostSide, type MadeInterface } from '../../src/host/host-side.js';
import { namespaceIdentity } from '../../src/host/namespaces.js';
import { readState } from '../../src/host/state-file.js';
import type { Transition } from '../../src/host/transition.js';
import type { Kernel } from '../../src/tun/kernel.js';
import { openKernel } from '../../src/tun/open-kernel.js';
import type { Port } from '../../src/tun/port.js';
import { describeKernel, ip, run, withNamespace } from '../support/kernel.js';
import { FailingKernel } from './failing-kernel.js';
import { host, interfaceAddress, lab, openRealPort, router } from './lab.js';
import { withFolder } from './state.js';

const own = (name: string): string => `tptrans-${name}-${process.pid}`;
const [ALICE, BOB, CAROL] = [own('a'), own('b'), own('c')];

const alice = (options: Parameters<typeof host>[0] = {}) =>
  host({ name: 'alice', namespace: ALICE, device: 'tp-alice', ...options });
const bob = (options: Parameters<typeof host>[0] = {}) =>
  host({ name: 'bob', namespace: BOB, device: 'tp-bob', address: '198.51.100.11/24', ...options });
const carol = (options: Parameters<typeof host>[0] = {}) =>
  host({
    name: 'carol',
    namespace: CAROL,
    device: 'tp-carol',
    link: 'blue',
    address: '203.0.113.10/24',
    routes: [],
    ...options,
  });

interface Device {
  readonly ifindex: number;
  readonly addr_info: readonly { readonly family: string; readonly local: string }[];
}

interface Place {
  readonly side: HostSide;
  readonly folder: string;
  /** Goes over to another configuration; gives the transition. */
  change(to: Configuration): Promise<Transition>;
  readonly released: Port[];
}

const withSide = (
  configuration: Configuration,
  body: (place: Place) => Promise<void>,
  {
    kernel,
    openPort = openRealPort,
  }: { readonly kernel?: Kernel; readonly openPort?: typeof openRealPort } = {},
): Promise<void> =>
  withFolder(async (folder) => {
    const side = await HostSide.bring(configuration, {
      openPort,
      instance: { socket: '/tmp/none.sock', file: undefined, version: '0.0.0', rootless: false },
      log: () => {},
      directory: folder,
      ...(kernel === undefined ? {} : { kernel }),
    });
    const released: Port[] = [];
    const change = async (to: Configuration): Promise<Transition> => {
      const transition = await side.prepare(to, (ports) => released.push(...ports));
      await transition.make();
      expect(await transition.finish()).toEqual([]);
      return transition;
    };
    try {
      await body({ side, folder, change, released });
    } finally {
      await side.close();
    }
    expect(readState('lab', folder)).toBeUndefined();
  });

/** Everything that the kernel has in our namespaces, without what differs from one making to the next. */
const kernelState = async (): Promise<unknown> => {
  const found: unknown[] = [];
  for (const namespace of [ALICE, BOB, CAROL]) {
    if (namespaceIdentity(namespace) === undefined) continue;
    const devices = JSON.parse(await ip('-j -4 addr', namespace)) as {
      readonly ifname: string;
      readonly mtu: number;
      readonly flags: readonly string[];
      readonly addr_info: readonly {
        readonly local: string;
        readonly prefixlen: number;
        readonly secondary?: boolean;
      }[];
    }[];
    found.push([
      namespace,
      devices.map(({ ifname, mtu, flags, addr_info }) => [
        ifname,
        mtu,
        flags.includes('UP'),
        addr_info.map(
          ({ local, prefixlen, secondary }) => `${local}/${prefixlen}${secondary ? ' secondary' : ''}`,
        ),
      ]),
      (await ip('-4 route', namespace))
        .trim()
        .split('\n')
        .map((line) => line.trim())
        .sort(),
    ]);
  }
  return found;
};

const placesOf = (attachments: readonly MadeInterface[]) =>
  attachments.map(({ host, link, device, port }) => [host, link, device, port.isUp()]);

afterEach(async () => {
  for (const namespace of [ALICE, BOB, CAROL])
    if (namespaceIdentity(namespace) !== undefined) await run('ip', ['netns', 'del', namespace]);
});

describeKernel('a host side that changes', [], () => {
  it('makes a host that is added, and removes one that is left out, with its namespace', () =>
    withSide(lab({ hosts: [alice(), bob()] }), async ({ side, change, folder, released }) => {
      const port = side.port('alice', 'red');
      const [, gone] = side.attachments;
      const { lines, made } = await change(lab({ hosts: [carol(), alice()] }));
      expect(lines[0]).toBe(`${CAROL}: network namespace`);
      expect(lines.at(-1)).toBe(`${BOB}: network namespace removed`);
      expect(made.map((each) => each.host)).toEqual(['carol']);
      expect(released).toEqual([gone!.port]);
      expect(placesOf(side.attachments)).toEqual([
        ['carol', 'blue', 'tp-carol', true],
        ['alice', 'red', 'tp-alice', true],
      ]);
      expect(side.port('alice', 'red')).toBe(port);
      expect([ALICE, BOB, CAROL].map((each) => namespaceIdentity(each) !== undefined)).toEqual([
        true,
        false,
        true,
      ]);
      expect(
        readState('lab', folder)
          ?.objects.map(({ name }) => name)
          .sort(),
      ).toEqual([ALICE, CAROL, 'tp-alice', 'tp-carol'].sort());
    }));

  it.each([
    [
      'another address and MTU, and other routes',
      { address: '198.51.100.77/24', routes: ['10.0.0.0/8'] },
      { mtu: 1400 },
    ],
    ['another next hop', {}, { router: router(['198.51.100.2/24']) }],
    ['an address in another subnet', { address: '192.0.2.7/25', routes: ['224.0.0.0/4'] }, {}],
    ['a device that lasts', { persistent: true }, {}],
  ])('keeps the device of a host that gets %s, and makes it as a start would', async (_, options, rest) => {
    const [before, after] = [lab({ hosts: [alice()] }), lab({ hosts: [alice(options)], ...rest })];
    let wanted: unknown;
    await withSide(lab({ hosts: [alice({ ...options, persistent: false })], ...rest }), async () => {
      wanted = await kernelState();
    });
    await withSide(before, async ({ side, change, folder, released }) => {
      const old = await kernelState();
      const [{ index, port }] = side.attachments as [MadeInterface];
      const noted = readState('lab', folder)?.objects;
      await change(after);
      expect(await kernelState()).toEqual(wanted);
      expect(side.attachments).toMatchObject([{ index, port }]);
      expect(JSON.parse(await ip('-j link show tp-alice', ALICE))[0].ifindex).toBe(index);
      await change(before);
      expect(await kernelState()).toEqual(old);
      expect(readState('lab', folder)?.objects).toEqual(
        noted?.map((each) => (each.kind === 'device' && 'persistent' in options ? { ...each, index } : each)),
      );
      expect(released).toEqual([]);
    });
  });

  it('lets secondary addresses outlive their primary one', () => {
    const at = (...addresses: string[]) => {
      const [only] = alice().interfaces;
      const own = addresses.map(interfaceAddress);
      return lab({ hosts: [{ ...alice(), interfaces: [{ ...only!, address: own[0]!, addresses: own }] }] });
    };
    return withSide(at('198.51.100.10/24', '198.51.100.11/24', '198.51.100.12/24'), async ({ change }) => {
      await change(at('198.51.100.11/24', '198.51.100.12/24'));
      const { stdout } = await run('ip', ['-4', '-o', 'addr', 'show', 'tp-alice'], { namespace: ALICE });
      expect(stdout).toMatch(
        /198\.51\.100\.11\/24 scope global tp-alice[\s\S]*198\.51\.100\.12\/24 scope global secondary/,
      );
      expect(await ip('route', ALICE)).toContain('default via 198.51.100.1');
    });
  });

  it('puts a device of another host in the place of one of the same name', () =>
    withSide(lab({ hosts: [alice()] }), async ({ side, change, released }) => {
      const [before] = side.attachments;
      await change(lab({ hosts: [alice({ name: 'amy' })] }));
      expect(placesOf(side.attachments)).toEqual([['amy', 'red', 'tp-alice', true]]);
      expect(released).toEqual([before?.port]);
      expect(before?.port.isUp()).toBe(false);
    }));

  it('leaves a device that lasts, and takes it over when its host is back', () =>
    withSide(lab({ hosts: [alice(), bob({ persistent: true })] }), async ({ side, change, folder }) => {
      const [, { index }] = side.attachments as [MadeInterface, MadeInterface];
      const gone = await change(lab({ hosts: [alice()] }));
      expect(gone.lines).toEqual([expect.stringMatching(/tp-bob .* stays, unused$/)]);
      expect(readState('lab', folder)?.objects.map(({ name }) => name)).toContain('tp-bob');
      const back = await change(lab({ hosts: [alice(), bob({ persistent: true })] }));
      expect(back.lines[0]).toMatch(/tp-bob .*, taken over$/);
      expect(back.made).toMatchObject([{ index }]);
      await change(lab({ hosts: [alice(), bob()] }));
    }));

  it('takes nothing for its own in a namespace that somebody made in the place of its own', () =>
    withSide(lab({ hosts: [alice(), bob({ persistent: true })] }), async ({ change, folder }) => {
      await change(lab({ hosts: [alice()] }));
      try {
        for (const command of [`netns del ${BOB}`, `netns add ${BOB}`]) await ip(command);
        await ip('tuntap add tp-bob mode tun', BOB);
        await change(lab({ hosts: [alice(), bob({ persistent: true })] }));
        expect(
          readState('lab', folder)?.objects.filter(({ name }) => [BOB, 'tp-bob'].includes(name)),
        ).toEqual([
          expect.objectContaining({ kind: 'namespace', created: false }),
          expect.objectContaining({ kind: 'device', created: false }),
        ]);
        await change(lab({ hosts: [alice()] }));
        expect(await ip('link show tp-bob', BOB)).toContain('tp-bob');
      } finally {
        await ip(`netns del ${BOB}`);
      }
    }));

  it('takes back a namespace that it made in the place of one that somebody deleted', () => {
    return withSide(
      lab({ hosts: [alice(), bob({ persistent: true })] }),
      async ({ side, change, folder }) => {
        await change(lab({ hosts: [alice()] }));
        await ip(`netns del ${BOB}`);
        const transition = await side.prepare(lab({ hosts: [alice(), bob({ persistent: true })] }), () => {});
        await transition.make();
        expect(namespaceIdentity(BOB)).toBeDefined();
        expect(await transition.takeBack()).toEqual([]);
        expect(namespaceIdentity(BOB)).toBeUndefined();
        await change(lab({ hosts: [alice(), bob()] }));
        expect(readState('lab', folder)?.objects.map(({ name }) => name)).toContain('tp-bob');
      },
    );
  });

  it.each([
    ['another host', { name: 'amy', address: '198.51.100.77/24' }],
    ['a lab in which it need not last', { persistent: false }],
  ])('gives a device that somebody lent to %s, and leaves it to its owner', (_, options) =>
    withNamespace('tptrans', async (given) => {
      await ip('tuntap add tp-alice mode tun', given);
      await ip('addr add 10.77.0.1/32 dev tp-alice', given);
      const own = async () =>
        (JSON.parse(await ip('-j addr show tp-alice', given)) as Device[]).map(({ ifindex, addr_info }) => [
          ifindex,
          addr_info.filter(({ family }) => family === 'inet').map(({ local }) => local),
        ]);
      const before = await own();
      const lent = (more: object = {}) =>
        lab({ hosts: [alice({ namespace: given, persistent: true, ...more })] });
      await withSide(lent(), async ({ change, folder }) => {
        await change(lent(options));
        await change(lent());
        await change(lent({ ...options, persistent: false }));
        const addresses = [
          ['10.77.0.1', (options as { address?: string }).address?.split('/')[0] ?? '198.51.100.10'],
        ];
        expect((await own()).map(([, all]) => all)).toEqual(addresses);
        expect(readState('lab', folder)?.objects).toContainEqual(
          expect.objectContaining({ kind: 'device', name: 'tp-alice', created: false }),
        );
      });
      expect(await own()).toEqual(before);
    }),
  );

  it('changes nothing where something is in the way, and names it', () =>
    withNamespace('tptrans', (given) =>
      withSide(lab({ hosts: [alice()] }), async ({ side, folder }) => {
        await ip('link add tp-carol type veth peer name tp-other', given);
        await ip(`netns add ${BOB}`);
        const before = [await kernelState(), await ip('-o addr', given), readState('lab', folder)];
        const hosts = [
          alice({ address: '198.51.100.44/24' }),
          bob({ name: BOB }),
          carol({ namespace: given }),
        ];
        const failure = await side.prepare(lab({ hosts }), () => {}).catch((error: unknown) => error);
        expect(failure).toMatchObject({
          exitCode: 6,
          message: expect.stringMatching(
            new RegExp(`network namespace ${BOB} exists[\\s\\S]*device tp-carol exists`),
          ),
        });
        expect([await kernelState(), await ip('-o addr', given), readState('lab', folder)]).toEqual(before);
      }),
    ));

  it('does not touch a device that somebody put in the place of ours', () =>
    withSide(lab({ hosts: [alice()] }), async ({ side }) => {
      await ip('link del tp-alice', ALICE);
      await ip('tuntap add tp-alice mode tun', ALICE);
      const to = lab({ hosts: [alice({ address: '198.51.100.44/24' })] });
      await expect(side.prepare(to, () => {})).rejects.toMatchObject({
        exitCode: 6,
        message: expect.stringContaining('device tp-alice in namespace'),
      });
    }));

  it('has the old state again wherever the kernel refuses', async () => {
    const hosts = [
      alice(),
      bob({ namespace: ALICE, link: 'blue', address: '203.0.113.11/24', routes: ['10.0.0.0/8'] }),
    ];
    const to = lab({
      // An address, a route and an MTU on what stays, what is displaced, what comes, and what goes.
      hosts: [
        alice({ address: '198.51.100.77/24', routes: ['10.0.0.0/8', '224.0.0.0/4'], persistent: true }),
        bob({ name: 'amy', namespace: ALICE, link: 'blue', address: '203.0.113.12/24', routes: ['default'] }),
        carol(),
      ],
      mtu: 1400,
    });
    const failing = new FailingKernel(await openKernel());
    let refused = 0;
    let isPortRefused = false;
    const openPort: typeof openRealPort = (options) => {
      if (isPortRefused && options.device === 'tp-carol') throw new Failure(4, 'refused by the test');
      return openRealPort(options);
    };
    await withSide(
      lab({ hosts }),
      async ({ side, folder, change }) => {
        const before = [await kernelState(), readState('lab', folder)?.objects, placesOf(side.attachments)];
        const attempt = async (): Promise<boolean> => {
          const transition = await side.prepare(to, () => {});
          let error: unknown;
          await transition.make().catch((thrown: unknown) => {
            error = thrown;
          });
          failing.failsAt = Number.POSITIVE_INFINITY;
          expect(await transition.takeBack()).toEqual([]);
          expect([
            await kernelState(),
            readState('lab', folder)?.objects,
            placesOf(side.attachments),
          ]).toEqual(before);
          return error !== undefined;
        };
        for (let at = 1; ; at++) {
          failing.failsAt = failing.count + at;
          if (!(await attempt())) break;
          refused += 1;
        }
        isPortRefused = true;
        expect(await attempt()).toBe(true);
        isPortRefused = false;
        await change(to);
        await change(lab({ hosts }));
        expect(await kernelState()).toEqual(before[0]);
      },
      { kernel: failing.kernel, openPort },
    );
    expect(refused).toBeGreaterThan(8);
  });
});
