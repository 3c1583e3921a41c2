import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { buildProgram, meantCommand } from '../../src/cli/program.js';
import { dropReasons } from '../../src/drop-reason.js';
import { tunpike } from './support.js';

const SILENT = { stdout: { write() {} }, stderr: { write() {} }, env: {} };
const program = await buildProgram(SILENT, async () => {});
const listed = program.createHelp().visibleCommands(program);

describe('the command line', () => {
  it('prints the version alone on a line', async () => {
    const { exitCode, stdout } = await tunpike('-V');
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  it('prints its help without arguments', async () => {
    const { exitCode, stdout } = await tunpike();
    expect(exitCode).toBe(0);
    expect(stdout).toContain('tunpike demo');
  });

  it.each(listed.map((command) => command.name()))('has help with examples for %s', async (name) => {
    const { exitCode, stdout } = await tunpike(name, '--help');
    expect(exitCode).toBe(0);
    expect(stdout).toContain('Examples:');
    expect((await tunpike('help', name)).stdout).toBe(stdout);
  });

  it.each(listed.map((command) => command.name()))('finds %s where it is meant', async (name) => {
    const meant = meantCommand(SILENT, ['-n', 'show', '--color=never', name, '-j', '--x', 'up']);
    expect(meant).toBe(name);
    const { commands } = await buildProgram(SILENT, async () => {}, meant);
    expect(commands.map((command) => command.name())).toContain(name);
  });

  it('loads no other command than the one that is meant', async () => {
    const { commands } = await buildProgram(SILENT, async () => {}, 'show');
    expect(commands.map((command) => command.name())).toEqual(['show']);
  });

  it.each([
    [['chek'], 'did you mean check?'],
    [['check', '--strickt'], 'did you mean --strict?'],
    [['nothing-like-it'], 'unknown command'],
    [
      ['show'],
      "missing required argument 'what'\nfix: tunpike show WHAT [PREFIX]   (see `tunpike show --help`)",
    ],
    [['--color', 'maybe'], 'one of auto, always, never'],
    [['completion', 'csh'], 'one of bash, zsh, fish'],
    [['up', 'a.yaml', 'b.yaml'], 'too many arguments'],
    [['up', '--watch', '-'], '--watch needs a file'],
    [['up', '--watch', '--tun', 'a=1'], '--watch needs a file'],
    [['up', '--tun', 'a=1', 'b.yaml'], '--tun and a file exclude each other'],
    [['show', 'weather'], 'one of status interfaces'],
    [['show', 'route'], 'did you mean routes?'],
    [['show', 'drops', '10.0.0.0/8'], 'takes no prefix'],
    [['show', 'routes', '10.0.0.1/8'], '10.0.0.0/8'],
    [['show', 'status', '-r', 'r1'], 'of the whole lab'],
    [['show', 'topology', '-r', 'r1'], 'of the whole lab'],
    [['show', 'devices', '-r', 'r1'], 'of the whole lab'],
    [['monitor', '--match', 'reason=bogus'], 'reason is one of too-short'],
    [['monitor', '--match', 'reason=no-rout'], 'did you mean no-route?'],
    [['monitor', '--match', 'event=join'], "unknown key 'event'"],
    [['trace', '--match', 'sourc=10.0.0.1'], 'did you mean source? one of protocol source destination '],
    [['demo', 'circus'], 'one of ping three-hop multicast mtu-blackhole bad-day redirect'],
    [['help', 'E-NOTHING'], 'no help on'],
    [['mcast', 'send', '10.1.2.3:5000'], 'is not a multicast group'],
    [['mcast', 'recv', '239.1.2.3'], 'GROUP:PORT: `239.1.2.3` is not valid'],
    [['mcast', 'recv', '239.1.2.3'], 'fix: write a group and a port, such as 239.1.2.3:5000'],
    [['mcast', 'recv', '239.1.2.3:70000'], 'from 1 to 65535'],
    [['mcast', 'send', '239.1.2.3:5000', '--ttl', '256'], 'from 0 to 255'],
    [['mcast', 'send', '239.1.2.3:5000', '--interval', '5'], '--interval: `5` has no unit\nfix: '],
    [['ping', 'bob', '-c', 'x'], '-c: `x` is not valid\nfix: write a number from 1 to '],
    [['ls', '-n', ''], '--name: `` is not valid'],
    [['up', '--ready-file', ''], '--ready-file: it is empty\nfix: write the path'],
    [['capture', '-w', ''], '--write: it is empty'],
    [['test', 'lab.yaml', '--evidence', '', '--', 'true'], '--evidence: it is empty'],
    [['extcap', '--capture', '--fifo', ''], '--fifo: it is empty'],
    [['check', ''], 'FILE: it is empty'],
    [['plan', ''], 'FILE: it is empty'],
    [['up', ''], 'FILE: it is empty'],
    [['init', ''], 'FILE: it is empty'],
    [['systemd', ''], 'FILE: it is empty'],
    [['test', '', '--', 'true'], 'FILE: it is empty'],
    [['route', 'list'], 'fix: tunpike show routes'],
    [['link', 'show'], 'fix: tunpike show links'],
    [['mcast', 'recv', '232.1.1.1:5000', '--source', '239.1.1.1'], 'is a multicast group'],
    [['igmp', 'leave', 'r1.red', '239.1.2'], 'is not a valid IPv4 address'],
    [['filter', 'add', '--in', 'r1.red'], 'needs an action'],
    [['filter', 'add', '--action', 'drop', '--source-port', '70000'], 'from 0 to 65535'],
    [['filter', 'add', '--action', 'drop', '--name', 'no good'], 'is not a valid name'],
    [['filter', 'add', '--action', 'dorp'], 'did you mean `drop`?'],
    [['filter', 'del'], '`filter del` needs NAME'],
    [['monitor', '--type', 'weather'], 'one or more of drop,icmp'],
    [['monitor', '--match', 'colour=blue'], "unknown key 'colour'"],
    [['exec', 'alice'], "missing required argument 'cmd'"],
  ])('ends %j with 2 and says what is wrong', async (argv, what) => {
    const { exitCode, stdout, stderr } = await tunpike(...argv);
    expect(stderr).toContain(what);
    expect(stderr).toMatch(/^error: /);
    expect(stdout).toBe('');
    expect(exitCode).toBe(2);
  });

  it('takes the global flags before and after the command', async () => {
    const before = await tunpike('-j', 'help', 'no-route');
    const after = await tunpike('help', 'no-route', '--json');
    expect(JSON.parse(before.stdout)).toMatchObject({ code: 'no-route' });
    expect(after).toEqual(before);
  });

  it.each([...dropReasons(), 'E-HOSTBITS', 'e-yaml', 'W-SAMENS', 'W-RANGE'])('explains %s', async (code) => {
    const { exitCode, stdout } = await tunpike('help', code);
    expect(exitCode).toBe(0);
    expect(stdout.toLowerCase()).toMatch(new RegExp(`^${code.toLowerCase()}: .{10}`));
  });

  it('begins no line for a newline in the name of a file', async () => {
    const { exitCode, stderr } = await tunpike('check', '/nowhere/a\nb.yaml');
    expect([exitCode, stderr]).toEqual([3, expect.stringContaining('/nowhere/a\\nb.yaml')]);
    expect(stderr).not.toContain('a\nb');
  });

  it('colors only when told to', async () => {
    expect((await tunpike('--color', 'always', 'help', 'no-route')).stdout).toContain('\u001b[');
    expect((await tunpike('help', 'no-route')).stdout).not.toContain('\u001b[');
  });

  it('lists the scenarios of the demo', async () => {
    const { stdout } = await tunpike('demo', '--list', '-j');
    expect(JSON.parse(stdout).map((each: { scenario: string }) => each.scenario)).toEqual([
      'ping',
      'three-hop',
      'multicast',
      'mtu-blackhole',
      'bad-day',
      'redirect',
    ]);
  });

  it.each([
    'show status',
    'monitor',
    'igmp query r1.red',
    'mcast recv 239.1.2.3:1 --host alice',
    'exec alice -- true',
    'ping -c 1 192.0.2.1',
    'down',
  ])('ends `%s` with 5 where no such lab runs', async (line) => {
    const { exitCode, stderr } = await tunpike('-n', 'tp-cli-nobody', ...line.split(' '));
    expect(stderr).toContain('tp-cli-nobody');
    expect(exitCode).toBe(5);
  });
});

it('names a file in a line to copy so that it is one word, and no option', async () => {
  const missing = async (file: string): Promise<string> => (await tunpike('check', '--', file)).stderr;
  expect(await missing('-tp-none.yaml')).toMatch(/^fix: tunpike init \.\/-tp-none\.yaml$/m);
  expect(await missing('tp-\u001b\n.yaml')).toMatch(/^fix: tunpike init \$'tp-\\033\\012\.yaml'$/m);
});

it.each([
  [['-n', 'tp-cli-nobody', 'down', '--force'], 'nothing is left of tp-cli-nobody\n'],
  [['down', 'tp-cli-nobody', '--force'], 'nothing is left of tp-cli-nobody\n'],
])('%j says that nothing is left, and ends with 0', async (argv, said) => {
  expect(await tunpike(...argv)).toEqual({ exitCode: 0, stdout: said, stderr: '' });
});

describe('generated text', () => {
  it('completes every command that is listed, and no other', async () => {
    const { stdout } = await tunpike('complete', '--', '');
    expect(stdout.split('\n').flatMap((line) => line.split('\t')[0] || [])).toEqual(
      listed.map((command) => command.name()),
    );
  });

  it('quotes what a systemd unit would take for a specifier or a variable', async () => {
    const { stdout } = await tunpike('systemd', '/etc/100% "$mine"/lab.yaml');
    expect(stdout).toContain('up "/etc/100%% \\"$$mine\\"/lab.yaml"');
  });

  it('has no setting in a systemd unit that a name would bring in', async () => {
    for (const file of ['a\nExecStartPre=/bin/touch /tmp/x\n#.yaml', '\u001b[41m\u0007.yaml', '\u2028'])
      expect(await tunpike('systemd', file)).toEqual({
        exitCode: 2,
        stdout: '',
        stderr: expect.stringMatching(/^error: a unit cannot name `[ -~]+`[ -~]*\nfix: rename it[ -~]*\n$/),
      });
    // The next line would go on this one.
    const { stdout } = await tunpike('systemd', '/etc/lab\\');
    expect(stdout).toContain('Description=Tunpike IPv4 router, /etc/lab\\\\\nAfter=');
  });

  it.each(['a\nExecStartPre=/bin/x', 'a b', 'a\\'])('gives a systemd unit no group %j', async (group) => {
    const folder = mkdtempSync(join(tmpdir(), 'tp-cli-'));
    try {
      const file = join(folder, 'lab.yaml');
      const section = `control: { group: ${JSON.stringify(group)} }`;
      writeFileSync(file, (await tunpike('init', '-', '--minimal')).stdout.concat(section, '\n'));
      const { exitCode, stdout, stderr } = await tunpike('systemd', file);
      expect(stderr).toContain('error: control.group: a unit cannot name the group `a');
      expect({ exitCode, stdout }).toEqual({ exitCode: 3, stdout: '' });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('is no systemd unit without a file', async () => {
    const { exitCode, stderr } = await tunpike('systemd', '-');
    expect(stderr).toBe('error: a service needs a file, and - is none\nfix: tunpike systemd lab.yaml\n');
    expect(exitCode).toBe(2);
  });
});
