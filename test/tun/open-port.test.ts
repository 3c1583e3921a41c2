import { describe, expect, it } from 'vitest';
import { checkDeviceName, openFailure } from '../../src/tun/open-failure.js';
import { selectBackends } from '../../src/tun/open-port.js';
import { systemError } from '../../src/tun/system-error.js';

const where = { device: 'tp0', namespace: '/run/netns/alice' };
const noIp = (): string => {
  throw new Error('no such device');
};
const shows = (linkinfo: object) => (): string => JSON.stringify([{ linkinfo }]);

describe('the choice of a back end', () => {
  it('tries all in order unless one is named', () => {
    expect(selectBackends(undefined)).toEqual(['native', 'koffi', 'tuntap2']);
    expect(selectBackends('auto')).toEqual(['native', 'koffi', 'tuntap2']);
    expect(selectBackends('koffi')).toEqual(['koffi']);
  });

  it('knows no others', () => {
    expect(() => selectBackends('tap')).toThrow(/TUNPIKE_TUN=tap is not a TUN back end/);
  });
});

describe('the name of a device', () => {
  it.each(['tp0', 'tp-alice-red', 'tun%d', 'a23456789012345'])('may be %s', (name) => {
    expect(() => checkDeviceName(name)).not.toThrow();
  });

  it.each(['', 'a234567890123456', 'a/b', 'a b', 'a\tb', 'a:b', '.', '..', 'üüüüüüüü'])(
    'may not be %j',
    (name) => {
      expect(() => checkDeviceName(name)).toThrow(/cannot be the name/);
    },
  );
});

describe('a device that cannot be opened', () => {
  it.each([
    [2, 'open', 4, '/dev/net/tun does not exist', /modprobe tun.*--device.*mknod/],
    [19, 'open', 4, 'the kernel has no TUN driver', /modprobe tun/],
    [13, 'open', 4, 'no permission to read and write', /chmod 0666/],
    [1, 'TUNSETIFF', 4, 'needs CAP_NET_ADMIN', /ip tuntap add dev tp0 mode tun user/],
    [16, 'TUNSETIFF', 6, 'tp0 is in use by another process', /second router/],
    [22, 'TUNSETIFF', 6, 'tp0 exists and is not a single-queue TUN device', /ip link del tp0/],
    [2, 'open namespace', 4, '/run/netns/alice does not exist', /ip netns add alice/],
    [1, 'setns', 4, 'needs CAP_SYS_ADMIN', /Run as root/],
    [22, 'setns', 4, 'is not a network namespace', /ip netns/],
    [5, 'TUNSETPERSIST', 4, 'cannot open the TUN device tp0: TUNSETPERSIST: EIO', undefined],
  ] as const)('with errno %d from %s ends with exit code %d', (errno, syscall, exitCode, message, fix) => {
    const failure = openFailure(where, systemError(errno, syscall), noIp);
    expect(failure.exitCode).toBe(exitCode);
    expect(failure.message).toContain(message);
    if (fix === undefined) expect(failure.fix).toBeUndefined();
    else expect(failure.fix).toMatch(fix);
  });

  it.each([
    [{ info_kind: 'tun', info_data: { type: 'tap' } }, 'a TAP device'],
    [{ info_kind: 'tun', info_data: { type: 'tun', multi_queue: true } }, 'a multi-queue TUN device'],
    [{ info_kind: 'veth' }, 'a veth interface'],
  ])('because of %j says so', (linkinfo, words) => {
    expect(openFailure(where, systemError(22, 'TUNSETIFF'), shows(linkinfo)).message).toContain(words);
  });

  it('because it is somebody else’s names the owner', () => {
    const ip = shows({ info_kind: 'tun', info_data: { type: 'tun', user: 'mallory' } });
    expect(openFailure(where, systemError(1, 'TUNSETIFF'), ip).message).toContain(
      'belongs to the user mallory',
    );
  });
});
