import { expect, it } from 'vitest';
import { captured } from '../support/capture.js';
import { dropped } from '../support/drops.js';
import { describeKernel, until } from '../support/kernel.js';
import { sharedLab } from '../support/lab.js';
import { GENEROUS_RATE_LIMIT } from '../support/topologies.js';

const ROUTER = '198.51.100.1';
const BOB = '203.0.113.10';

describeKernel('a router that is scanned', ['nmap', 'hping3', 'tracepath', 'tcpdump', 'tshark'], () => {
  const lab = sharedLab(`
links: { red: {}, blue: { mtu: 1400 } }
hosts:
  alice: { interfaces: { red: { address: 198.51.100.10/24, routes: [default] } } }
  bob: { interfaces: { blue: { address: ${BOB}/24, routes: [default] } } }
routers:
  r1:
    interfaces: { red: { address: ${ROUTER}/24 }, blue: { address: 203.0.113.1/24 } }
    icmp:
      timestamp-reply: true
      address-mask-reply: true
      ${GENEROUS_RATE_LIMIT}
`);

  const on = (command: string) => lab().on('alice', command, { timeout: 20_000 });
  /** What it prints, once it has heard an answer: hping3 waits for one second only, which may be too little on a busy machine. */
  const heard = async (command: string): Promise<string> => {
    let stdout = '';
    const isHeard = async (): Promise<boolean> => {
      stdout = (await on(command)).stdout;
      return stdout.includes('ip=');
    };
    await until(isHeard, 60_000, `an answer to ${command}`);
    return stdout;
  };
  const droppedOnRed = (reason: string): Promise<number> => dropped(lab(), reason, 'r1.red');

  it('lets tracepath find the narrow link beyond it', async () => {
    const { stdout } = await on(`tracepath -n ${BOB}`);
    expect(stdout).toMatch(/^ ?\d: +198\.51\.100\.1 .*pmtu 1400/m);
    expect(stdout).toContain('Resume: pmtu 1400 hops 2 back 2');
  });

  it.each([
    ['echo', '-PE', [ROUTER, BOB]],
    ['timestamp', '-PP', [ROUTER, BOB]],
    ['address mask', '-PM', [ROUTER]],
  ])('is found by nmap with %s requests', async (_, flag, targets) => {
    const { stdout } = await on(`nmap -n -sn ${flag} --disable-arp-ping -oG - ${targets.join(' ')}`);
    for (const target of targets) expect(stdout).toContain(`Host: ${target} ()\tStatus: Up`);
  });

  it('shows nmap a closed UDP port, and which protocols it speaks', async () => {
    const [udp, protocols] = await Promise.all([
      on(`nmap -n -Pn -sU -p 9 ${ROUTER}`),
      on(`nmap -n -Pn -sO -p 1,6,17,47,132 ${ROUTER}`),
    ]);
    expect(udp.stdout).toMatch(/^9\/udp +closed/m);
    // An answer that the port is closed proves that UDP is spoken.
    expect(protocols.stdout).toMatch(/^1 +open +icmp/m);
    expect(protocols.stdout).toMatch(/^17 +open +udp/m);
    for (const foreign of [6, 47, 132])
      expect(protocols.stdout).toMatch(new RegExp(`^${foreign} +closed`, 'm'));
  });

  it('tells hping3 the time and the mask', async () => {
    const time = await heard(`hping3 -n -1 --icmp-ts -c 1 ${ROUTER}`);
    expect(time).toMatch(/ICMP timestamp: Originate=(\d+) Receive=(\d+) Transmit=\2/);
    const mask = await heard(`hping3 -n -1 -C 17 -c 1 ${ROUTER}`);
    expect(mask).toContain('icmpam=255.255.255.0');
  });

  it('tells hping3 that the TTL ran out', async () => {
    const told = await heard(`hping3 -n -1 -t 1 -c 1 ${BOB}`);
    expect(told).toContain(`TTL 0 during transit from ip=${ROUTER}`);
  });

  it('puts the fragments of hping3 together where they are for itself, and passes on all others', async () => {
    for (const target of [ROUTER, BOB])
      expect(await heard(`hping3 -n -1 -d 64 -f -c 1 ${target}`)).toContain(`ip=${target}`);
    expect(await droppedOnRed('reassembly-timeout')).toBe(0);
  });

  it('drops what has a wrong checksum without a word', async () => {
    const before = await droppedOnRed('icmp-bad-checksum');
    const { stdout, stderr } = await on(`hping3 -n -1 -b -c 1 ${ROUTER}`);
    expect(stderr).toContain('1 packets transmitted, 0 packets received');
    expect(stdout).not.toContain('ip=');
    expect(await droppedOnRed('icmp-bad-checksum')).toBe(before + 1);
  });

  it('neither answers nor forwards what claims to come from where nobody can be', async () => {
    const martians = ['127.0.0.1', '224.0.0.1', '255.255.255.255', '240.0.0.1', '0.1.2.3', ROUTER];
    const before = await droppedOnRed('martian-source');
    const seen = await captured(lab(), 'bob', 'tp-bob-blue', async () => {
      const here = await captured(lab(), 'alice', 'tp-alice-red', async () => {
        const sent = martians.flatMap((source) =>
          [ROUTER, BOB].map((target) => on(`hping3 -n -q -2 -p 9 -c 1 -a ${source} ${target}`)),
        );
        await Promise.all(sent);
      });
      expect(await here.rows('ip.dst != 198.51.100.1 && ip.dst != 203.0.113.10', ['ip.src'])).toEqual([]);
    });
    expect(await seen.rows('udp', ['ip.src'])).toEqual([]);
    expect(await droppedOnRed('martian-source')).toBe(before + 2 * martians.length);
  });
});
