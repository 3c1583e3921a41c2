import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { Background } from '../support/background.js';
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

/** Becomes a program with a terminal that nobody reads for stdout, and perhaps for stderr; Ctrl-S may have stopped it. */
const UNREAD_TERMINAL = (stderr: string, isStopped = false): string => `
import os, pty, sys, termios
master, slave = pty.openpty()
os.set_inheritable(master, True)
${isStopped ? 'termios.tcflow(slave, termios.TCOOFF)' : ''}
os.dup2(slave, 1); os.dup2(${stderr}, 2)
os.execv(sys.argv[1], sys.argv[1:])
`;
const NULL = "os.open('/dev/null', os.O_WRONLY)";

/** Runs \`up\` at a terminal that it reads only when the lab has answered; prints what it read, and how \`up\` ended. */
const READ_LATE = `
import os, pty, signal, subprocess, sys
show, up = sys.argv[1:5] + ['show', 'status'], sys.argv[1:3] + ['up', sys.argv[5]]
pid, master = pty.fork()
if pid == 0: os.execv(up[0], up)
while subprocess.run(show, capture_output=True).returncode != 0: pass
said = b''
while b'ready: ' not in said or not said.endswith(b'ends the lab\\r\\n'): said += os.read(master, 65536)
os.kill(pid, signal.SIGTERM)
while b'everything undone' not in said: said += os.read(master, 65536)
print(said.decode(), os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), sep='\\n')
`;

/** So many changes that no terminal holds what \`up\` says of them. */
const ROUTES = Array.from({ length: 1500 }, (_, i) => `100.64.${i >> 8}.${i & 255}/32`);
const MANY_CHANGES = TWO_LINKS.replace('[default]', JSON.stringify(['default', ...ROUTES]));

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
    ['nobody reads its terminal', UNREAD_TERMINAL('slave')],
    ['nobody reads the terminal of its output', UNREAD_TERMINAL(NULL)],
    ['its terminal is stopped', UNREAD_TERMINAL('slave', true)],
  ])('holds up neither traffic nor commands nor the end where %s', async (_, script) => {
    const text = labText(MANY_CHANGES);
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

  it.each([
    ['demo, stopped', ['demo', 'mtu-blackhole'], UNREAD_TERMINAL('slave', true)],
    [
      'test, stopped',
      ['test', '--host', 'alice', 'LAB', '--', 'sleep', '30'],
      UNREAD_TERMINAL('slave', true),
    ],
    ['test of no program', ['test', '--host', 'alice', 'LAB', '--', 'none'], UNREAD_TERMINAL('slave', true)],
  ])('holds up no lab of another command at a terminal: %s', async (what, words, script) => {
    const { name: base, text } = labText(TWO_LINKS);
    const folder = mkdtempSync(join(tmpdir(), 'ktother-'));
    const file = join(folder, 'lab.yaml');
    writeFileSync(file, text);
    const argv = words.map((word) => (word === 'LAB' ? file : word));
    // A warning of Node would be written to the terminal, too.
    const warning = join(folder, 'warning.mjs');
    writeFileSync(warning, "setTimeout(() => process.emitWarning('soon'), 1500).unref()");
    const environment = { ...process.env, NODE_OPTIONS: `--import=${warning}` };
    const program = new Background(
      ['python3', '-c', script, process.execPath, MAIN, '-vv', ...argv],
      environment,
    );
    const name = words[0] === 'demo' ? `demo-${program.pid}` : `${base}-test-${program.pid}`;
    try {
      if (!what.includes('no program')) {
        const answers = async () => (await tunpike(['-n', name, 'show', 'status'])).code === 0;
        await until(answers, 10_000, 'the lab to answer');
        await new Promise((resolve) => setTimeout(resolve, 2000));
        expect(await answers()).toBe(true);
        program.signal('SIGTERM');
      }
      expect([0, 1, 127, 143]).toContain(await program.ended(8000));
    } finally {
      await program.kill();
      await tunpike(['down', name, '--force']);
      rmSync(folder, { recursive: true, force: true });
    }
    expect(leftovers(name)).toEqual([]);
  });

  it('is read late, and with it all that `up` says, in order', async () => {
    const { name, text } = labText(MANY_CHANGES);
    const folder = mkdtempSync(join(tmpdir(), 'ktlate-'));
    try {
      const file = join(folder, 'lab.yaml');
      writeFileSync(file, text);
      const argv = ['-c', READ_LATE, process.execPath, MAIN, '-n', name, file];
      const { stdout, stderr } = await run('python3', argv, { timeout: 30_000 });
      expect(stderr).toBe('');
      const lines = stdout.split(/\r?\n/);
      expect(lines.filter((line) => line.includes('route 100.64.'))).toHaveLength(ROUTES.length);
      const at = [
        'route 100.64.0.0/32',
        'route 100.64.5.219/32',
        'ready: ',
        'in another terminal: ',
        'undone',
      ].map((what) => lines.findIndex((line) => line.includes(what)));
      expect(at).toEqual(at.toSorted((a, b) => a - b));
      expect(at).not.toContain(-1);
      expect(lines.at(-2)).toBe('0');
    } finally {
      await tunpike(['down', name, '--force']);
      rmSync(folder, { recursive: true, force: true });
    }
    expect(leftovers(name)).toEqual([]);
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
