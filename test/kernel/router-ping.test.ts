import { expect, it } from 'vitest';
import { describeKernel } from '../support/kernel.js';
import { sharedLab } from '../support/lab.js';
import { TWO_LINKS_ONE_NARROW } from '../support/topologies.js';

describeKernel('a router that pings', ['ip'], () => {
  const lab = sharedLab(TWO_LINKS_ONE_NARROW);

  it('EC17 is answered by a Linux host, and says so as ping does', async () => {
    const { code, stdout } = await lab().tunpike('ping', '-c', '2', '-i', '0.1', '198.51.100.10');
    expect(stdout).toMatch(/^PING 198\.51\.100\.10 \(198\.51\.100\.10\) 56\(84\) bytes of data\.\n/);
    expect(stdout).toMatch(/64 bytes from 198\.51\.100\.10: icmp_seq=2 ttl=64 time=[\d.]+ ms\n/);
    expect(stdout).toContain('2 packets transmitted, 2 received, 0% packet loss');
    expect(code).toBe(0);
  });

  it('EC17 sends 5000 octets in fragments, and puts the fragments of the reply together', async () => {
    const { code, stdout } = await lab().tunpike('ping', '-c', '1', '-s', '5000', '-j', '203.0.113.10');
    expect(JSON.parse(stdout)).toMatchObject({ kind: 'reply', from: '203.0.113.10', length: 5008 });
    expect(code).toBe(0);
  });

  it('EC17 records the route that a Linux host was on', async () => {
    const { stdout } = await lab().tunpike('ping', '-c', '1', '-R', '203.0.113.10');
    expect(stdout).toContain('RR: \t203.0.113.1\n\t203.0.113.10\n');
  });

  it.each([
    [['203.0.113.77'], 1, 'From 203.0.113.1 icmp_seq=1 Destination Host Unreachable'],
    [['-M', 'do', '-s', '1400', '203.0.113.10'], 1, 'message too long, mtu=1400'],
    [['10.9.9.9'], 2, 'Network is unreachable'],
    [['--from', 'r9', '203.0.113.10'], 2, 'no router `r9`'],
    [['203.0.113.300'], 2, 'is not a valid IPv4 address'],
  ] as const)('EC17 ends `ping %s` with %i', async (words, exitCode, said) => {
    const { code, stdout, stderr } = await lab().tunpike('ping', '-c', '1', ...words);
    expect(stdout + stderr).toContain(said);
    expect(code).toBe(exitCode);
  });
});
