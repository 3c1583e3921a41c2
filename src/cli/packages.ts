/** The Debian package of each program that a demo uses. */
const PACKAGES: Readonly<Record<string, string>> = {
  ip: 'iproute2',
  ping: 'iputils-ping',
  traceroute: 'traceroute',
  mtr: 'mtr-tiny',
  bash: 'bash',
  curl: 'curl',
  iperf3: 'iperf3',
};

export const packageOf = (program: string): string => PACKAGES[program] ?? program;
