import { constants } from 'node:os';
import { expect, it } from 'vitest';
import { describeKernel } from '../support/kernel.js';
import { MAIN, sharedLab } from '../support/lab.js';
import { twoLinks } from '../support/topologies.js';

/** Runs `tunpike top` on a terminal of its own, resizes that, presses q, and tells what it has seen. */
const ON_A_TERMINAL = `
import fcntl, json, os, pty, select, signal, struct, sys, termios, time
size = lambda fd, rows, columns: fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack('HHHH', rows, columns, 0, 0))
ours, theirs = pty.openpty()
size(ours, 30, 100)
before = termios.tcgetattr(theirs)
pid = os.fork()
if pid == 0:
    os.setsid()
    fcntl.ioctl(theirs, termios.TIOCSCTTY, 0)
    for fd in 0, 1, 2: os.dup2(theirs, fd)
    os.execvp(sys.argv[2], sys.argv[2:])
seen = b''
def until(condition, what):
    global seen
    deadline = time.time() + 15
    while not condition():
        if time.time() > deadline: raise SystemExit('no ' + what + ': ' + repr(seen[-2000:]))
        if select.select([ours], [], [], 0.1)[0]: seen += os.read(ours, 65536)
until(lambda: b'r1.red' in seen, 'rates')
raw = not termios.tcgetattr(theirs)[3] & termios.ICANON
frames = seen.count(b'\\x1b[H')
size(ours, 12, 40)
os.kill(pid, signal.SIGWINCH)
until(lambda: seen.count(b'\\x1b[H') > frames, 'frame of another size')
if sys.argv[1] in 'qc': os.write(ours, {'q': b'q', 'c': b'\\x03'}[sys.argv[1]])
else: os.kill(pid, getattr(signal, sys.argv[1]))
until(lambda: b'\\x1b[?1049l' in seen, 'end')
code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
last = seen.split(b'\\x1b[H')[-1].split(b'\\x1b[J')[0].decode()
print(json.dumps({
  'code': code, 'entered': seen.startswith(b'\\x1b[?1049h'), 'left': seen.rstrip().endswith(b'\\x1b[?1049l'),
  'raw': raw, 'restored': termios.tcgetattr(theirs) == before, 'widest': max(map(len, last.replace('\\r', '').split('\\x1b[K\\n'))),
}))
`;

describeKernel('tunpike top', ['ping', 'python3'], () => {
  const lab = sharedLab(twoLinks());

  it.each([
    ...['q', 'c', 'SIGTERM', 'SIGINT'].map((end) => [end, 0] as const),
    // What ends by a signal has its number, negative, for an exit code here.
    ...(['SIGHUP', 'SIGQUIT', 'SIGUSR2', 'SIGALRM'] as const).map(
      (end) => [end, -constants.signals[end]] as const,
    ),
  ])('has the whole terminal, and gives it back as it was (%s)', async (end, code) => {
    const command = [
      process.execPath,
      MAIN,
      '-n',
      lab().name,
      '--color',
      'never',
      'top',
      '--interval',
      '200ms',
    ];
    const { stdout, stderr } = await lab().python('alice', ON_A_TERMINAL, end, ...command);
    expect(stderr).toBe('');
    const { widest, ...seen } = JSON.parse(stdout);
    expect(seen).toEqual({ code, entered: true, left: true, raw: true, restored: true });
    expect(widest).toBeLessThanOrEqual(40);
  });

  it('measures what passes over a second, and ends', async () => {
    const pings = lab().on('alice', 'ping -n -q -i 0.02 -c 150 203.0.113.10');
    const { code, stdout } = await lab().tunpike('top', '-j');
    expect(code).toBe(0);
    const { seconds, interfaces, links, memoryOctets } = JSON.parse(stdout);
    expect(seconds).toBeGreaterThanOrEqual(1);
    const red = interfaces.find((each: { interface: string }) => each.interface === 'r1.red');
    expect(red.inPacketsPerSecond).toBeGreaterThan(10);
    expect(red.inBitsPerSecond).toBeCloseTo(red.inPacketsPerSecond * 84 * 8, -3);
    expect(links[0].packetsPerSecond).toBeGreaterThan(20);
    expect(memoryOctets).toBeGreaterThan(10_000_000);
    await pings;
  });

  it('prints one table where its output is no terminal, and an object a line with --watch', async () => {
    const { code, stdout } = await lab().tunpike('top', '--interval', '200ms');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^INTERFACE +STATE +IN\/S/m);
    expect(stdout).not.toContain('\u001b');
    expect((await lab().tunpike('top', '--interval', '1ms')).code).toBe(2);
  });
});
