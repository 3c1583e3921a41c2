import { dirname, resolve } from 'node:path';
import { Failure } from '../../failure.js';
import { parseMatch } from '../../text/match.js';
import type { FileDraft } from '../draft.js';
import type { Report } from '../problem-report.js';
import type { Topology } from '../topology.js';
import type { Path } from '../tree.js';
import { listed } from './listed.js';

/** Finds captures of what there is not, two of one file, and conditions that nothing can meet. */
export const checkCaptures = (draft: FileDraft, topology: Topology, file: string, report: Report): void => {
  const interfaces = new Set(
    topology.attachments.filter(({ kind }) => kind === 'router').map(({ owner, link }) => `${owner}.${link}`),
  );
  const files = new Set<string>();
  for (const [at, capture] of (draft.capture ?? []).entries()) {
    if (capture === undefined) continue;
    const path: Path = ['capture', at];
    if (
      capture.interface !== undefined &&
      draft.routers !== undefined &&
      !interfaces.has(capture.interface)
    ) {
      const meant = report.nearest(capture.interface, interfaces);
      report.error(
        'E-REF',
        [...path, 'interface'],
        `there is no interface \`${capture.interface}\``,
        meant === undefined ? `use an existing one: ${listed(interfaces)}` : `did you mean \`${meant}\`?`,
      );
    }
    if (capture.file !== undefined) {
      const whole = resolve(dirname(file), capture.file);
      if (files.has(whole))
        report.error(
          'E-DUPLICATE',
          [...path, 'file'],
          `a second capture writes ${whole}`,
          'name another file',
        );
      files.add(whole);
    }
    if (capture.keep !== undefined && capture.rotate === undefined)
      report.errorAtKey(
        'E-KEY',
        [...path, 'keep'],
        '`keep` has no `rotate`',
        'add how long a file may get, such as `rotate: 10MB`',
      );
    if (capture.match !== undefined) checkMatch(capture.match, interfaces, [...path, 'match'], report);
  }
};

const checkMatch = (match: string, interfaces: ReadonlySet<string>, path: Path, report: Report): void => {
  try {
    parseMatch(match, { interface: [...interfaces] });
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    report.error('E-KEY', path, error.message, error.fix ?? 'see `tunpike capture --help`');
  }
};
