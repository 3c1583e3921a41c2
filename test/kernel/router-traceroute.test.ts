import { expect, it } from 'vitest';
import { describeKernel } from '../support/kernel.js';
import { sharedLab } from '../support/lab.js';
import { GENEROUS_RATE_LIMIT } from '../support/topologies.js';

const ROUTER = `icmp: { ${GENEROUS_RATE_LIMIT} }`;

/** r1, r2 and r3 in a row, and bob behind them; each link takes less than the one before it. */
const FOUR_LINKS = `
links: { red: {}, west: {}, east: { mtu: 1400 }, blue: { mtu: 1300 } }
hosts:
  alice: { interfaces: { red: { address: 198.51.100.10/24, routes: [default] } } }
  bob: { interfaces: { blue: { address: 203.0.113.10/24, routes: [default] } } }
routers:
  r1:
    interfaces: { red: { address: 198.51.100.1/24 }, west: { address: 192.0.2.1/30 } }
    routes: [{ to: default, via: 192.0.2.2 }]
    ${ROUTER}
  r2:
    interfaces: { west: { address: 192.0.2.2/30 }, east: { address: 192.0.2.5/30 } }
    routes: [{ to: 198.51.100.0/24, via: 192.0.2.1 }, { to: 203.0.113.0/24, via: 192.0.2.6 }]
    ${ROUTER}
  r3:
    interfaces: { east: { address: 192.0.2.6/30 }, blue: { address: 203.0.113.1/24 } }
    routes: [{ to: default, via: 192.0.2.5 }]
    ${ROUTER}
`;

describeKernel('a router that looks along its way', ['ip'], () => {
  const lab = sharedLab(FOUR_LINKS);

  it('traces the routers up to a host, as traceroute(8) does', async () => {
    const { code, stdout } = await lab().tunpike('traceroute', '--from', 'r1', 'bob');
    expect(stdout).toMatch(
      new RegExp(
        [
          '^traceroute to bob \\(203\\.0\\.113\\.10\\), 30 hops max, 60 byte packets',
          ' 1 {2}r2(\\.west)? \\(192\\.0\\.2\\.2\\)( {2}\\d+\\.\\d{3} ms){3}',
          ' 2 {2}r3(\\.east)? \\(192\\.0\\.2\\.6\\)( {2}\\d+\\.\\d{3} ms){3}',
          ' 3 {2}bob(\\.blue)? \\(203\\.0\\.113\\.10\\)( {2}\\d+\\.\\d{3} ms){3}\n$',
        ].join('\n'),
      ),
    );
    expect(code).toBe(0);
  });

  it('says as JSON what each probe found, and ends with 1 where nobody is', async () => {
    const { code, stdout } = await lab().tunpike(
      'traceroute', '--from', 'r1', '-n', '-q', '1', '-j', '203.0.113.77',
    ); // biome-ignore format: words
    const hops = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(hops).toMatchObject([
      { hop: 1, probes: [{ kind: 'error', from: '192.0.2.2', type: 11, code: 0 }] },
      { hop: 2, probes: [{ kind: 'error', from: '192.0.2.6', type: 11, code: 0 }] },
      { hop: 3, probes: [{ kind: 'error', from: '192.0.2.6', type: 3, code: 1 }] },
    ]);
    expect(code).toBe(1);
  });

  it.each([
    [['-n', '-q', '1', '203.0.113.77'], 1, / 3 {2}192\.0\.2\.6 {2}\d+\.\d{3} ms !H\n$/],
    [
      ['-f', '2', '-m', '2', '-q', '1', '-n', '203.0.113.10'],
      1,
      /packets\n 2 {2}192\.0\.2\.6 {2}[\d.]+ ms\n$/,
    ],
    [['bobb'], 2, /did you mean bob\?/],
    [['-q', '11', 'bob'], 2, /a number from 1 to 10/],
  ] as const)('ends `traceroute %s` with %i', async (words, exitCode, said) => {
    const { code, stdout, stderr } = await lab().tunpike('traceroute', '--from', 'r1', ...words);
    expect(stdout + stderr).toMatch(said);
    expect(code).toBe(exitCode);
  });

  it('finds the path MTU by what the routers say', async () => {
    const { code, stdout } = await lab().tunpike('mtu', '--from', 'r1', 'bob');
    expect(stdout).toBe(
      [
        'path MTU to bob (203.0.113.10)',
        '65535: too long, the router itself says pmtu 1500',
        ' 1500: too long, 192.0.2.2 says pmtu 1400',
        ' 1400: too long, 192.0.2.6 says pmtu 1300',
        ' 1300: passes',
        '     Resume: pmtu 1300\n',
      ].join('\n'),
    );
    expect(code).toBe(0);
  });

  it('finds it, too, where a router says nothing, and names the black hole', async () => {
    try {
      expect((await lab().tunpike('icmp', 'set', '--frag-needed', 'false', '-r', 'r3')).code).toBe(0);
      const { code, stdout } = await lab().tunpike('mtu', '--from', 'r1', '-W', '0.1', '-j', '203.0.113.10');
      expect(JSON.parse(stdout)).toMatchObject({ destination: '203.0.113.10', mtu: 1300, isBlackHole: true });
      expect(code).toBe(0);
    } finally {
      await lab().tunpike('icmp', 'set', '--frag-needed', 'true', '-r', 'r3');
    }
  });

  it('says that nothing gets through where nobody is', async () => {
    const { code, stdout } = await lab().tunpike('mtu', '--from', 'r1', '203.0.113.77');
    expect(stdout).toContain('192.0.2.6: destination unreachable');
    expect(code).toBe(1);
  });
});
