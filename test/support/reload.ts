import { renameSync, writeFileSync } from 'node:fs';
import { callInstance } from '../../src/control/client.js';
import type { ReloadResult } from '../../src/control/reload.js';
import { labText, type RunningLab } from './lab.js';

/** How long a reload may take, in milliseconds. */
const PATIENCE = 20_000;

/** Puts another configuration in the place of the file of a lab, as an editor does. */
export const rewrite = (lab: RunningLab, text: string): void =>
  replaceFile(lab.file, labText(text, lab.name).text);

export const replaceFile = (file: string, text: string): void => {
  writeFileSync(`${file}~`, text);
  renameSync(`${file}~`, file);
};

/** What `tunpike reload` asks for, without starting a program. */
export const reload = ({ name }: RunningLab): Promise<ReloadResult> =>
  callInstance({ name, socket: `/run/tunpike/${name}.sock` }, 'reload', {}, PATIENCE);

/** Rewrites the file, and has it applied. */
export const reloadWith = async (lab: RunningLab, text: string): Promise<ReloadResult> => {
  rewrite(lab, text);
  return reload(lab);
};
