import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { Background } from '../support/background.js';
import { describeKernel, ip, run } from '../support/kernel.js';
import { labText, leftovers, MAIN, tunpike } from '../support/lab.js';
import { NOBODY } from '../support/nobody.js';
import { ServiceManager } from '../support/service-manager.js';
import { ONE_LINK } from '../support/topologies.js';

interface Unit {
  readonly text: string;
  /** What stands behind each `name=` of the service, in its order. */
  settings(name: string): readonly string[];
}

/** A group that the control socket is given to, and that root is not in. */
const GROUP = 54321;

const unitFor = async (file: string): Promise<Unit> => {
  const { stdout, stderr } = await tunpike(['systemd', file]);
  expect(stderr).toBe('');
  return {
    text: stdout,
    settings: (name) =>
      stdout
        .split('\n')
        .flatMap((line) => (line.startsWith(`${name}=`) ? [line.slice(name.length + 1)] : [])),
  };
};

/** The system calls of a group that systemd knows. */
const callsOf = (group: string): readonly string[] => {
  const text = execFileSync('systemd-analyze', ['--no-pager', 'syscall-filter', group], { encoding: 'utf8' });
  const names = text
    .split('\n')
    .slice(1)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
  return names.flatMap((name) => (name.startsWith('@') ? callsOf(name) : [name]));
};

/** As systemd reads them: each line adds to what is allowed, or with a `~` takes away from it. */
const allowedBy = (filters: readonly string[]): ReadonlySet<string> => {
  const allowed = new Set<string>();
  for (const filter of filters) {
    const calls = filter.replace('~', '').split(' ').flatMap(callsOf);
    for (const call of calls) filter.startsWith('~') ? allowed.delete(call) : allowed.add(call);
  }
  return allowed;
};

/** What strace says of each call: its name, and all of the line. */
const traced = (file: string): readonly (readonly [name: string, line: string])[] =>
  readFileSync(file, 'latin1')
    .split('\n')
    .flatMap((line) => {
      const name = /^\d+\s+(?:<\.\.\. )?([a-z]\w*)[( ]/.exec(line)?.[1];
      return name === undefined ? [] : [[name, line] as const];
    });

describeKernel('the systemd unit', ['systemd-analyze', 'strace', 'setpriv', 'python3'], () => {
  it('is one by the word of systemd', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'ktunit-'));
    try {
      const file = join(folder, 'tunpike.service');
      writeFileSync(join(folder, 'lab.yaml'), labText(`control: { group: "${GROUP}" }\n${ONE_LINK}`).text);
      for (const [lab, groups] of [
        ['none.yaml', []],
        ['lab.yaml', [String(GROUP)]],
      ] as const) {
        const unit = await unitFor(join(folder, lab));
        expect(unit.settings('SupplementaryGroups')).toEqual(groups);
        writeFileSync(file, unit.text);
        const { code, stdout, stderr } = await run('systemd-analyze', ['verify', '--man=no', file]);
        expect(`${stdout}${stderr}`).not.toContain('tunpike.service');
        expect(code).toBe(0);
        expect(unit.settings('Type')).toEqual(['notify']);
        expect(unit.settings('WatchdogSec')).toEqual(['10']);
        // The lab handles the watchdog's SIGABRT, which a loop that hangs cannot: that one is killed soon.
        expect(unit.settings('TimeoutAbortSec')).toEqual(['5']);
        expect(unit.settings('AmbientCapabilities')).toEqual(unit.settings('CapabilityBoundingSet'));
      }
      chmodSync(folder, 0o700);
      chownSync(folder, NOBODY, NOBODY);
      const unit = await unitFor(join(folder, 'lab.yaml'));
      expect(unit.settings('CapabilityBoundingSet')).toEqual([
        'CAP_NET_ADMIN CAP_SYS_ADMIN CAP_DAC_READ_SEARCH',
      ]);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it('takes nothing away that a lab needs from its start to its end', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'ktunit-'));
    const { name, text } = labText(
      `control: { group: "${GROUP}" }\nhttp: { listen: "127.0.0.1:0" }\n${ONE_LINK}`,
    );
    const [file, trace] = [join(folder, 'lab.yaml'), join(folder, 'trace')];
    writeFileSync(file, text);
    const manager = await ServiceManager.at(join(folder, 'notify'));
    const unit = await unitFor(file);
    const [capabilities = ''] = unit.settings('CapabilityBoundingSet');
    const kept = capabilities.split(' ').map((each) => `+${each.replace('CAP_', '').toLowerCase()}`);
    const environment = { ...process.env, NOTIFY_SOCKET: manager.address, WATCHDOG_USEC: '100000' };
    const command = [
      ...['setpriv', '--bounding-set', ['-all', ...kept].join(','), '--no-new-privs'],
      ...['--groups', unit.settings('SupplementaryGroups').join(',')],
      ...['strace', '-f', '-qq', '-o', trace, process.execPath, MAIN, 'up', file],
    ];
    const lab = new Background(command, environment);
    try {
      await lab.printed(/^ready/m);
      await manager.heard('READY=1');
      await manager.heard('WATCHDOG=1');
      const reloaded = await run('sh', ['-c', unit.settings('ExecReload')[0] ?? 'false']);
      expect(reloaded).toMatchObject({ code: 0, stdout: `reloaded: ${name} (nothing to change)\n` });
      const namespace = `${name}-alice`;
      const answers = async (): Promise<string> =>
        (await run('ping', ['-n', '-c', '40', '-l', '20', '-i', '0.01', '198.51.100.1'], { namespace }))
          .stdout;
      expect(await answers()).toContain(' 0% packet loss');
      await ip('link set tp-alice-red down', namespace);
      await ip('link set tp-alice-red up', namespace);
      await expect.poll(answers, { timeout: 10_000 }).toContain(' 0% packet loss');
      expect((await tunpike(['show', 'status', '-n', name])).code).toBe(0);
      expect(statSync(`/run/tunpike/${name}.sock`).gid).toBe(GROUP);
      expect((await tunpike(['down', name])).code).toBe(0);
      expect(await lab.ended(), lab.stderr).toBe(0);
      expect(leftovers(name)).toEqual([]);

      const calls = traced(trace);
      const names = new Set(calls.map(([call]) => call));
      for (const call of ['setns', 'mount', 'umount2', 'ioctl', 'capset', 'chown', 'epoll_pwait'])
        expect(names).toContain(call);
      const allowed = allowedBy(unit.settings('SystemCallFilter'));
      expect([...names].filter((call) => !allowed.has(call))).toEqual([]);
      const families = unit.settings('RestrictAddressFamilies').flatMap((each) => each.split(' '));
      for (const [call, line] of calls)
        if (call === 'socket' && line.includes('socket('))
          expect(families).toContain(/socket\((\w+)/.exec(line)?.[1]);
      expect(unit.settings('RestrictNamespaces')).toEqual(['net']);
      for (const [call, line] of calls) {
        if (call === 'unshare') expect(line).toContain('(CLONE_NEWNET)');
        if (call === 'setns') expect(line).toContain(', CLONE_NEWNET)');
        if (call === 'clone' || call === 'clone3') expect(line).not.toContain('CLONE_NEW');
      }
      const devices = calls.flatMap(([, line]) => /"(\/dev\/[^"]+)"/.exec(line)?.[1] ?? []);
      expect(new Set(devices.filter((each) => !STANDARD_DEVICES.includes(each)))).toEqual(
        new Set(['/dev/net/tun']),
      );
      expect(unit.settings('DeviceAllow')).toEqual(['/dev/net/tun rw']);
    } finally {
      await lab.stop();
      await manager.stop();
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

/** What `DevicePolicy=closed` allows. Source: systemd.resource-control(5). */
const STANDARD_DEVICES = ['/dev/null', '/dev/zero', '/dev/full', '/dev/random', '/dev/urandom'];
