import { existsSync, writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { Background } from '../support/background.js';
import { gapsIn } from '../support/gaps.js';
import { describeKernel, ip, pythonCommand, until } from '../support/kernel.js';
import { MAIN, type RunningLab, withLab } from '../support/lab.js';
import { reload, reloadWith, rewrite } from '../support/reload.js';

const RELOADS = 50;
const BOB = '203.0.113.10';

/** Two hosts on two links with IGMP, and whatever else. */
const text = ({ red = '', links = '', hosts = '', router = '', routers = '' } = {}): string => `
links: { red: {${red}}, blue: {}, ${links} }
hosts:
  alice: { interfaces: { red: { address: 198.51.100.10/24, routes: [default, 224.0.0.0/4] } } }
  bob: { interfaces: { blue: { address: 203.0.113.10/24, routes: [default, 224.0.0.0/4] } } }
  ${hosts}
routers:
  r1:
    interfaces:
      red: { address: 198.51.100.1/24, igmp: {} }
      blue: { address: 203.0.113.1/24, igmp: {} }
    ${router}
  ${routers}
`;

const CAROL = {
  links: 'green: { mtu: 1400 }',
  hosts: 'carol: { interfaces: { green: { address: 192.0.2.10/24, routes: [default] } } }',
  routers: 'r2: { interfaces: { green: { address: 192.0.2.1/24 } } }',
};

/** What a file may say at one time and not at another, and what bob and alice have nothing to do with. */
const UNRELATED: readonly (Parameters<typeof text>[0] & object)[] = [
  CAROL,
  { red: 'gateway: r1', routers: 'r3: { interfaces: { red: { address: 198.51.100.3/24, igmp: {} } } }' },
  { router: 'routes: [{ to: 10.0.0.0/8, type: blackhole }]' },
  { router: 'icmp: { echo-reply: false, rate-limit: { per-second: 7 } }' },
  { hosts: 'dave: { interfaces: { red: { address: 198.51.100.77/24 } } }', router: 'ip: { class-e: true }' },
  {},
];

/** Sends numbered datagrams, every other one to a group, 500 a second, until it is told to stop; prints how many. */
const SEND = `
import signal, socket, sys, time
out = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
out.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL, 8)
targets = [(sys.argv[1], 7000), ('239.1.2.3', 7001)]
stops = []
signal.signal(signal.SIGTERM, lambda *_: stops.append(1))
count = 0
while not stops:
    for target in targets: out.sendto(str(count).encode(), target)
    count += 1
    time.sleep(0.004)
for target in targets: out.sendto(b'end', target)
print('sent', count, flush=True)
`;

/** Prints the numbers that came twice, too late or never, of both streams. */
const RECEIVE = `
import select, socket, struct
one = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
one.bind(('0.0.0.0', 7000))
many = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
many.bind(('239.1.2.3', 7001))
many.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, socket.inet_aton('239.1.2.3') + socket.inet_aton('203.0.113.10'))
print('listening', flush=True)
numbers = { one: [], many: [] }
open_ = [one, many]
while open_:
    for each in select.select(open_, [], [])[0]:
        said = each.recv(100)
        if said == b'end': open_.remove(each)
        else: numbers[each].append(int(said))
for name, each in (('unicast', one), ('multicast', many)):
    got = numbers[each]
    print(name, len(got), sum(b <= a for a, b in zip(got, got[1:])), flush=True)
`;

const ping = async (lab: RunningLab, host: string, target: string): Promise<string> =>
  (await lab.on(host, `ping -n -c 1 -W 10 ${target}`)).stdout;

const DEADLINE = 10_000;

describeKernel('a lab that is reloaded', ['ping', 'python3'], () => {
  it('loses and reorders nothing of what is not concerned, through many reloads', () =>
    withLab(text(), async (lab) => {
      const receiver = lab.background('bob', pythonCommand(RECEIVE));
      const joined = async (): Promise<boolean> =>
        (await lab.show<readonly { readonly group: string }[]>('groups')).some(
          ({ group }) => group === '239.1.2.3',
        );
      try {
        await receiver.printed(/listening/);
        await until(joined, DEADLINE, 'the membership');
        const sender = lab.background('alice', pythonCommand(SEND, BOB));
        const before = await lab.show('groups');
        for (let at = 0; at < RELOADS; at++) {
          const { isApplied, changes } = await reloadWith(lab, text(UNRELATED[at % UNRELATED.length]));
          expect(isApplied).toBe(true);
          expect(changes).not.toEqual([]);
        }
        expect(sender.code).toBeUndefined();
        sender.signal('SIGTERM');
        expect(await lab.show<readonly unknown[]>('groups')).toHaveLength(
          (before as readonly unknown[]).length,
        );
        const [, sent] = await sender.printed(/sent (\d+)/);
        await receiver.ended();
        expect(receiver.stdout).toContain(`unicast ${sent} 0\nmulticast ${sent} 0\n`);
        console.error(`${RELOADS} reloads while ${sent} datagrams of each stream went by`);
      } finally {
        await receiver.kill();
      }
    }));

  it('has a host that is added answer, and removes one with its namespace', () =>
    withLab(text(), async (lab) => {
      rewrite(lab, text(CAROL));
      const { stdout } = await lab.tunpike('reload');
      expect(stdout).toContain(`${lab.namespaceOf('carol')}: network namespace\n`);
      expect(stdout).toMatch(/^routers\.r2: added$/m);
      expect(stdout).toMatch(/\nreloaded: \S+\n$/);
      expect(await ping(lab, 'carol', '192.0.2.1')).toContain('1 received');
      expect(await lab.show('status')).toMatchObject({ hosts: 3, routers: 2, links: 3 });
      rewrite(lab, text());
      const { stdout: plan } = await lab.tunpike('plan', lab.file);
      const carol = lab.namespaceOf('carol');
      const gone = [
        `${carol}: TUN device tp-carol-green (carol on link green) removed`,
        `${carol}: network namespace removed`,
      ];
      const inside = ['links.green: removed', 'routers.r2: removed'];
      expect(plan).toBe(`${[...gone, ...inside].join('\n')}\n`);
      const { stdout: commands } = await lab.tunpike('plan', '--commands', lab.file);
      expect(commands).toBe(`ip -n ${carol} link del dev tp-carol-green\nip netns del ${carol}\n`);
      expect(JSON.parse((await lab.tunpike('plan', '-j', lab.file)).stdout)).toMatchObject([
        { kind: 'device', action: 'remove', namespace: carol },
        { kind: 'namespace', action: 'remove', change: gone[1] },
        ...inside.map((change) => ({ action: 'change', change })),
      ]);
      const { changes } = await reload(lab);
      expect(changes).toEqual([...inside, ...gone]);
      expect(existsSync(`/run/netns/${lab.namespaceOf('carol')}`)).toBe(false);
      expect(await lab.show('devices').catch(() => [])).not.toContain('carol');
      expect(await ping(lab, 'alice', BOB)).toContain('1 received');
      expect((await lab.tunpike('reload', '-j')).stdout).toContain('"changes": []');
      expect(JSON.stringify(await lab.show('changes'))).toContain('network namespace removed');
    }));

  it('keeps the device and the traffic of a host that gets another address, MTU and route', () =>
    withLab(text(), async (lab) => {
      const index = async (): Promise<number> =>
        JSON.parse(await ip('-j link show tp-bob-blue', lab.namespaceOf('bob')))[0].ifindex;
      const before = await index();
      const other = text()
        .replace('203.0.113.10/24', '[203.0.113.10/24, 203.0.113.11/24]')
        .replace('blue: {}', 'blue: { mtu: 1300 }');
      const beside = lab.background('alice', ['ping', '-n', '-i', '0.02', '-w', '20', BOB]);
      try {
        await beside.printed(/icmp_seq=3 /);
        await reloadWith(lab, other);
        expect(await ping(lab, 'alice', '203.0.113.11')).toContain('1 received');
        expect((await lab.on('alice', `ping -n -c 1 -W 10 -M do -s 1400 ${BOB}`)).stdout).toContain(
          'mtu = 1300',
        );
        await reloadWith(lab, text());
        expect(await ping(lab, 'alice', '203.0.113.11')).not.toContain('1 received');
        await beside.printed(/icmp_seq=\d+ ttl/, 10_000, beside.stdout.length);
      } finally {
        beside.signal('SIGINT');
        await beside.ended();
      }
      expect(gapsIn(beside.stdout)).toEqual([]);
      expect(await index()).toBe(before);
    }));

  it('keeps what was changed at run time where the file says what it said', () =>
    withLab(text(), async (lab) => {
      const icmp = async () =>
        (await lab.show<{ routers: { r1: { icmp: object } } }>('config')).routers.r1.icmp;
      await lab.tunpike('icmp', 'set', '--echo-reply', 'false', '--probe', 'true', '-r', 'r1');
      await reloadWith(lab, text({ ...CAROL, router: 'icmp: { probe: false, timestamp-reply: true }' }));
      expect(await icmp()).toMatchObject({ 'echo-reply': false, probe: true, 'timestamp-reply': true });
      await reloadWith(lab, text({ router: 'icmp: { echo-reply: true, extensions: [incoming] }' }));
      expect(await icmp()).toMatchObject({ 'echo-reply': false, 'timestamp-reply': false });
      await reloadWith(lab, text({ router: 'icmp: { echo-reply: false }' }));
      await reloadWith(lab, text());
      expect(await icmp()).toMatchObject({ 'echo-reply': true, probe: true });
    }));

  it('stays as it was where the file has mistakes (3), and says all of them', () =>
    withLab(text(), async (lab) => {
      const monitor = new Background([
        process.execPath,
        MAIN,
        '-n',
        lab.name,
        'monitor',
        '--type',
        'config',
        '-j',
      ]);
      try {
        await until(() => monitor.stderr !== '', DEADLINE, 'the monitor to begin');
        const config = await lab.show('config');
        writeFileSync(
          lab.file,
          'version: 1\nlinks: { red: {} }\nhost: {}\nrouters: { r1: { interfaces: { blue: {} } } }\n',
        );
        const { code, stderr, stdout } = await lab.tunpike('reload');
        expect([code, stdout]).toEqual([3, '']);
        expect(stderr).toBe((await lab.tunpike('check', lab.file)).stderr);
        const json = await lab.tunpike('reload', '-j');
        expect([json.code, json.stdout]).toEqual([3, (await lab.tunpike('check', '-j', lab.file)).stdout]);
        for (const broken of ['', 'version: 1\nlinks: {', '\0']) {
          writeFileSync(lab.file, broken);
          expect((await lab.tunpike('reload')).code).toBe(3);
        }
        expect(await lab.show('config')).toEqual(config);
        expect(await ping(lab, 'alice', BOB)).toContain('1 received');
        rewrite(lab, text({ router: 'icmp: { probe: true }' }));
        lab.process.signal('SIGHUP');
        await monitor.printed(/"type":"config","event":"applied","message":null/);
        expect(monitor.stdout).toMatch(/"type":"config","event":"refused","message":"[^"]*error\[E-KEY\]/);
      } finally {
        await monitor.stop();
      }
    }));

  it('stays as it was where something is in the way (7), and says what', () =>
    withLab(text(), async (lab) => {
      const taken = lab.namespaceOf('erin');
      await ip(`netns add ${taken}`);
      try {
        const before = [await lab.show('config'), await ip('-o addr', lab.namespaceOf('bob'))];
        const erin = `erin: { interfaces: { red: { address: 198.51.100.44/24 }, blue: { address: 203.0.113.44/24 } } }`;
        // With a namespace of its own name, which somebody has.
        const own = text({ hosts: erin }).replace('erin: {', `${taken}: { namespace: ${taken}, `);
        rewrite(lab, own.replace('203.0.113.10/24', '203.0.113.12/24'));
        const { code, stderr } = await lab.tunpike('reload');
        expect([code, stderr]).toEqual([
          7,
          expect.stringContaining(`network namespace ${taken} exists already`),
        ]);
        expect([await lab.show('config'), await ip('-o addr', lab.namespaceOf('bob'))]).toEqual(before);
        rewrite(lab, `${text()}control: { socket: /run/tunpike/${lab.name}-2.sock }`);
        expect(await lab.tunpike('reload')).toMatchObject({
          code: 7,
          stderr: expect.stringContaining('a running lab cannot change its `control`'),
        });
        await reloadWith(lab, text());
        expect(await ping(lab, 'alice', BOB)).toContain('1 received');
      } finally {
        await ip(`netns del ${taken}`);
      }
    }));
});
