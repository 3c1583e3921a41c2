/** Whether a release, `6.1.0-18-amd64`, is older than a version. */
export const isBefore = (release: string, version: readonly [number, number, number]): boolean => {
  const own = release.split(/[.-]/, 3).map((part) => Number.parseInt(part, 10) || 0);
  for (const [at, part] of version.entries()) if (own[at] !== part) return (own[at] ?? 0) < part;
  return false;
};

/**
 * What a kernel does to UDP that is segmented by it; undefined where nothing is known.
 *
 * It loses what VXLAN or Geneve receives, or mangles what goes to some network cards.
 */
export const faultOfUdp = (release: string): 'loses' | 'mangles' | undefined => {
  if (!isBefore(release, [7, 0, 0]) && isBefore(release, [7, 1, 5])) return 'mangles';
  return !isBefore(release, [6, 2, 0]) && isBefore(release, [6, 8, 5]) ? 'loses' : undefined;
};
