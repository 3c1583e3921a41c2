import { constants } from 'node:os';
import { resolve } from 'node:path';
import type { Configuration } from '../../config/configuration.js';
import { Failure } from '../../failure.js';
import { endProgramsIn } from '../../host/left-programs.js';
import { execIn } from '../../host/netns-exec.js';
import { isInsideRootless } from '../../host/rootless.js';
import { ENDING } from '../../host/stopping-signals.js';
import { createLog } from '../../observe/log.js';
import { startLab } from '../../runtime/running-lab.js';
import type { Duration } from '../../time.js';
import { reportError } from '../error-output.js';
import { NAME_VARIABLE } from '../instance.js';
import { logLevel, type Terminal } from '../terminal.js';
import { Evidence } from './evidence.js';
import { CAPTURE, EvidenceFolder } from './evidence-folder.js';
import { whatHappened } from './happened.js';
import { ownNamespaces, privateCopy } from './private-copy.js';

/** One run of a program in a lab of its own. */
export interface TestRun {
  readonly configuration: Configuration;
  readonly file: string;
  readonly command: readonly string[];
  readonly host?: string;
  /** A folder, to be made; what is in it of an earlier run is replaced. */
  readonly evidence?: string;
  readonly timeout: Duration | undefined;
}

/** Exit code of a program that had not ended in time. */
const TIMED_OUT = 8;

/** Gives the exit code of the program, or 8; whatever happens, the lab is down afterwards. */
export const oneRun = async (terminal: Terminal, run: TestRun): Promise<number> => {
  const host = hostOf(run);
  const folder = run.evidence === undefined ? undefined : new EvidenceFolder(resolve(run.evidence));
  const configuration = privateCopy(run.configuration, {
    wanted: terminal.flags.name,
    pid: process.pid,
    capture: folder?.within(CAPTURE),
  });
  const { name } = configuration;
  const signals: NodeJS.Signals[] = [];
  const onSignal = (given: NodeJS.Signals): void => void signals.push(given);
  // They would end us before the lab is down again. The program gets them while it runs, see `execIn`.
  for (const each of ENDING) process.on(each, onSignal);
  const ending = new AbortController();
  const failures: unknown[] = [];
  // Of the lab, which is undone even then.
  process.on('uncaughtException', (error: unknown) => {
    failures.push(error);
    ending.abort();
  });
  const lab = await startLab(configuration, {
    configFile: run.file === '-' ? undefined : resolve(run.file),
    canReload: false,
    log: createLog({
      level: logLevel(terminal.flags, 'error'),
      format: configuration.log.format,
      color: terminal.errorColors.isColorSupported,
      instance: name,
      bounded: terminal.io.stderr.bounded,
    }),
    rootless: isInsideRootless(),
  }).catch((error: unknown) => {
    throw folder?.namedIn(error) ?? error;
  });
  const evidence = new Evidence(lab, folder);
  const startedAt = performance.now();
  let code: number;
  let isLate = false;
  try {
    process.env[NAME_VARIABLE] = name;
    const timer =
      run.timeout === undefined
        ? undefined
        : setTimeout(() => {
            isLate = true;
            ending.abort();
          }, run.timeout);
    code =
      signals[0] === undefined
        ? await execIn(
            { namespace: configuration.hosts.get(host)?.namespace ?? host, rootlessPid: undefined },
            run.command,
            { ending: ending.signal, say: (text) => void terminal.io.stderr.write(text) },
          )
        : 128 + constants.signals[signals[0]];
    clearTimeout(timer);
    if (isLate) code = TIMED_OUT;
    evidence.end();
  } finally {
    const own = new Set(ownNamespaces(run.configuration, configuration));
    await endProgramsIn(lab.namespaces.filter((each) => own.has(each.name)));
    lab.stop('the test is over');
    await lab.stopped;
    for (const each of ENDING) process.off(each, onSignal);
  }
  evidence.keep(code !== 0 || failures.length > 0);
  folder?.close();
  if (failures.length > 0) throw failures[0];
  const seconds = Math.round(performance.now() - startedAt) / 1000;
  if (code !== 0)
    for (const line of whatHappened(
      { host, command: run.command, code, isLate, seconds, folder: folder?.path },
      evidence,
    ))
      terminal.io.stderr.write(`${line}\n`);
  for (const each of evidence.failures) reportError(each, terminal);
  if (terminal.isJson)
    terminal.printJsonLine({
      name,
      host,
      exitCode: code,
      timedOut: isLate,
      seconds,
      evidence: evidence.files,
    });
  return code;
};

const hostOf = ({ configuration: { hosts }, host }: TestRun): string => {
  const names = [...hosts.keys()];
  const listed = `the hosts of the file: ${names.join(' ') || 'none'}`;
  if (host !== undefined && hosts.has(host)) return host;
  if (host !== undefined) throw new Failure(2, `the file has no host '${host}'`, listed);
  if (names.length === 1) return names[0]!;
  throw new Failure(
    2,
    'on which host does the program run?',
    `--host H, one of ${names.join(' ') || '(none)'}`,
  );
};
