export const NOBODY = 65534;

/** Runs what follows as a user who has no right to anything. */
export const AS_NOBODY = [
  'setpriv',
  '--reuid',
  String(NOBODY),
  '--regid',
  String(NOBODY),
  '--clear-groups',
] as const;

/** Runs what follows where /dev/net/tun is another node, which everybody may use; nobody else sees it. */
export const withOpenDevice = (node: string): readonly string[] => [
  ...['unshare', '-m', 'sh', '-c', 'mount --bind "$0" /dev/net/tun && exec "$@"', node],
];
