/** Whether a release, `6.1.0-18-amd64`, is older than a version. */
export const isBefore = (release: string, version: readonly [number, number, number]): boolean => {
  const own = release.split(/[.-]/, 3).map((part) => Number.parseInt(part, 10) || 0);
  for (const [at, part] of version.entries()) if (own[at] !== part) return (own[at] ?? 0) < part;
  return false;
};
