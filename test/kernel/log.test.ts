import { rmSync } from 'node:fs';
import { expect, it } from 'vitest';
import { describeKernel, ip, run, until, withNamespace } from '../support/kernel.js';
import { labText, launch, leftovers, MAIN, tunpike, withLab } from '../support/lab.js';

const TWO_LINKS = `
links: { red: {}, blue: {} }
hosts:
  alice: { interfaces: { red: { address: 10.0.0.10/8, routes: [default] } } }
  bob: { interfaces: { blue: { address: 203.0.113.10/24, routes: [default] } } }
routers:
  r1: { interfaces: { red: { address: 10.0.0.1/8 }, blue: { address: 203.0.113.1/24 } } }
`;

/** Becomes a program whose stderr is a pipe that is full already, and that nobody reads. */
const UNREAD = `
import fcntl, os, sys
reader, writer = os.pipe()
fcntl.fcntl(writer, 1031, 4096)
os.write(writer, b'x' * 4096)
os.dup2(writer, 2)
os.set_inheritable(reader, True)
os.execv(sys.argv[1], sys.argv[1:])
`;

/** Becomes a program with a full disk for stdout and stderr. */
const FULL = `
import os, sys
full = os.open('/dev/full', os.O_WRONLY)
os.dup2(full, 1); os.dup2(full, 2)
os.execv(sys.argv[1], sys.argv[1:])
`;

/** Sends UDP from so many forged sources of its own network. */
const FORGE = `
import socket, struct, sys
s = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
for i in range(int(sys.argv[1])):
    source = struct.pack('!I', 0x0a010000 + i)
    header = struct.pack('!BBHHHBBH', 0x45, 0, 28, i & 0xffff, 0, 64, 17, 0) + source + socket.inet_aton('203.0.113.10')
    s.sendto(header + struct.pack('!HHHH', 9, 9, 8, 0), ('203.0.113.10', 0))
`;

describeKernel('the log of a lab', ['python3', 'ping'], () => {
  it.each([
    ['nobody reads it', UNREAD],
    ['its disk is full', FULL],
  ])('holds up neither traffic nor commands nor the end where %s', async (_, script) => {
    const text = labText(TWO_LINKS);
    const { folder, process } = launch(text, { by: ['python3', '-c', script] });
    try {
      const answers = async () => (await tunpike(['-n', text.name, 'show', 'status'])).code === 0;
      await until(answers, 10_000, 'the lab to answer');
      const lab = { namespace: `${text.name}-alice` };
      expect((await run('python3', ['-c', FORGE, '2000'], lab)).code).toBe(0);
      // The flood may still fill the device's queue: the first ping may be lost in it, not all.
      expect((await run('ping', ['-c', '4', '-i', '0.5', '-W', '2', '203.0.113.10'], lab)).code).toBe(0);
      expect(await answers()).toBe(true);
      process.signal('SIGTERM');
      expect(await process.ended(5000)).toBe(0);
    } finally {
      await process.kill();
      await tunpike(['down', text.name, '--force']);
      rmSync(folder, { recursive: true, force: true });
    }
    expect(leftovers(text.name)).toEqual([]);
  });

  it('tells of ten forged sources, and not of twenty thousand', () =>
    withLab(TWO_LINKS, async (lab) => {
      await lab.python('alice', FORGE, '20000');
      const neighbors = async () => (await lab.show<unknown[]>('neighbors')).length;
      await until(async () => (await neighbors()) > 100, 5000, 'the forged sources');
      expect(lab.process.stderr.split('\n').length).toBeLessThan(30);
    }));
});

describeKernel('the answer of a command', ['bash'], () => {
  it('is missed where it cannot be written', async () => {
    const { code, stderr } = await run('bash', ['-c', `"${process.execPath}" "${MAIN}" schema > /dev/full`]);
    expect(stderr).toMatch(/^error: the answer could not be written: .*ENOSPC/);
    expect(code).toBe(70);
  });

  it.each(['schema', 'help', 'mcast send 239.1.2.3:5000 --placed --interface lo --interval 20ms --ttl 0'])(
    'ends quietly where its reader has gone: %s',
    (line) =>
      withNamespace('ktgone', async (namespace) => {
        await ip('route add 239.0.0.0/8 dev lo', namespace);
        const script = `"${process.execPath}" "${MAIN}" -q ${line} | head -1`;
        const { code, stdout, stderr } = await run('bash', ['-c', script], { namespace, timeout: 5000 });
        expect([code, stderr]).toEqual([0, '']);
        expect(stdout.trim().split('\n')).toHaveLength(1);
      }),
  );

  it('ends quietly where its reader has gone: mcast recv', () =>
    withNamespace('ktgone', async (namespace) => {
      await ip('route add 239.0.0.0/8 dev lo', namespace);
      const main = `"${process.execPath}" "${MAIN}" -q mcast`;
      const where = '239.1.2.3:5000 --placed --interface lo';
      const script = `${main} send ${where} --ttl 0 --interval 20ms --count 200 >/dev/null & ${main} recv ${where} | head -1; kill $!`;
      const { code, stdout, stderr } = await run('bash', ['-c', script], { namespace, timeout: 5000 });
      expect([code, stderr]).toEqual([0, '']);
      expect(stdout).toMatch(/^\S+ > 239\.1\.2\.3:5000: .*\n$/);
    }));
});
