import { readFileSync } from 'node:fs';
import { Failure } from '../failure.js';
import { shellWord } from '../text/shell-word.js';

/** The number of the group that is to have a control socket, by its name or number. Source: group(5). */
export const groupId = (group: string): number => {
  if (/^\d+$/.test(group)) return Number(group);
  const found = groups().find(([name]) => name === group);
  if (found?.[2] !== undefined) return Number(found[2]);
  throw new Failure(3, `control.group: this machine has no group '${group}'`, `groupadd ${shellWord(group)}`);
};

/** The fields of each line; none where the file cannot be read. */
const groups = (): string[][] => {
  try {
    return readFileSync('/etc/group', 'utf8')
      .split('\n')
      .map((line) => line.split(':'));
  } catch {
    return [];
  }
};
