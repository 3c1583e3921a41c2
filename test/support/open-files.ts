import { readdirSync, readlinkSync } from 'node:fs';

/** The files in a folder, or below it, that this process has open, by their paths. */
export const openIn = (folder: string): string[] =>
  readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      const path = readlinkSync(`/proc/self/fd/${fd}`);
      return path.startsWith(`${folder}/`) ? [path] : [];
    } catch {
      // The one by which the list itself was read.
      return [];
    }
  });
