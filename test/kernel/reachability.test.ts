import { expect, it } from 'vitest';
import { describeKernel } from '../support/kernel.js';
import { sharedLab, withLab } from '../support/lab.js';
import { TWO_LINKS_ONE_NARROW } from '../support/topologies.js';

const ROUTER = '198.51.100.1';
const BOB = '203.0.113.10';

describeKernel('two hosts on two links of one router', ['ping', 'tracepath'], () => {
  const lab = sharedLab(TWO_LINKS_ONE_NARROW);

  it('answers a ping of its own address, without a loss and without a hop', async () => {
    const { code, stdout } = await lab().on('alice', `ping -n -c 5 -i 0.2 ${ROUTER}`);
    expect(stdout).toContain('5 received, 0% packet loss');
    expect(stdout.match(/ttl=64/g)).toHaveLength(5);
    expect(code).toBe(0);
  });

  it('answers for its address on the other link, too', async () => {
    const { stdout } = await lab().on('alice', 'ping -n -c 2 -i 0.2 203.0.113.1');
    expect(stdout).toContain('2 received, 0% packet loss');
    expect(stdout).toContain('64 bytes from 203.0.113.1: icmp_seq=1 ttl=64');
  });

  it('forwards a ping to the far host and back, one hop each way', async () => {
    const { code, stdout } = await lab().on('alice', `ping -n -c 5 -i 0.2 ${BOB}`);
    expect(stdout).toContain('5 received, 0% packet loss');
    expect(stdout.match(/ttl=63/g)).toHaveLength(5);
    expect(code).toBe(0);
  });

  it.each([
    ['the router', ROUTER],
    ['the far host, on whose link they are fragmented once more,', BOB],
  ])('carries the longest pings there are to %s and back', async (_, target) => {
    const { stdout } = await lab().on('alice', `ping -n -c 2 -i 0.2 -s 65507 ${target}`);
    expect(stdout).toContain('2 received, 0% packet loss');
    expect(stdout.match(/65515 bytes from/g)).toHaveLength(2);
  });

  it('tells a sender who forbids fragments the MTU of the next link, and its kernel keeps to it', async () => {
    const { code, stdout } = await lab().on('alice', `ping -n -M do -s 1472 -c 2 -i 0.5 ${BOB}`);
    expect(stdout).toContain(`From ${ROUTER} icmp_seq=1 Frag needed and DF set (mtu = 1400)`);
    expect(code).toBe(1);
    expect((await lab().on('alice', `ip route get ${BOB}`)).stdout).toContain('mtu 1400');
    const path = await lab().on('alice', `tracepath -n ${BOB}`);
    expect(path.stdout).toMatch(/Resume: pmtu 1400 hops 2/);
  });

  it('does without broken pieces: nothing but what was too long was dropped', async () => {
    const drops = await lab().show<{ reason: string }[]>('drops');
    expect(new Set(drops.map(({ reason }) => reason))).toEqual(new Set(['would-fragment', 'ttl-expired']));
  });
});

describeKernel('a lab that starts', ['ping'], () => {
  it('answers its first ping soon', async () => {
    const startedAt = performance.now();
    await withLab(TWO_LINKS_ONE_NARROW, async (lab) => {
      const { code } = await lab.on('alice', `ping -n -c 1 -W 10 ${BOB}`);
      const answeredMs = performance.now() - startedAt;
      expect(code).toBe(0);
      console.info(
        `ready after ${lab.readyMs.toFixed(0)} ms, first ping answered after ${answeredMs.toFixed(0)} ms`,
      );
      expect(answeredMs).toBeLessThan(5000);
    });
  });
});
