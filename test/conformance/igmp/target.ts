import type { DropReason } from '../../../src/drop-reason.js';
import type { IgmpInterface } from '../../../src/igmp/igmp-interface.js';
import type { Router } from '../../../src/router/router.js';
import type { Duration, Instant } from '../../../src/time.js';
import type { Output, PortNumber } from '../case.js';
import type { IgmpCase } from './case.js';

/** What came out, and when: in milliseconds since the target was prepared. */
export interface TimedOutput extends Output {
  readonly at: number;
}

/** The router under test, seen from inside. */
export interface Dut {
  readonly router: Router;
  /** The lab's time. */
  now(): Instant;
  /** Throws where the port runs no IGMP. */
  igmp(port: PortNumber): IgmpInterface;
  /** The IGMP events so far, in words. */
  readonly events: readonly string[];
}

/** A router under test, whatever it runs on: octets in and out on four ports, and time. */
export interface IgmpTarget {
  /** How far a moment may be off, in seconds. */
  readonly tolerance: number;
  /** How late something may be beyond that, in seconds, that was due so many seconds after it was set; never unless told. */
  readonly lateness?: (span: number) => number;
  /** Undefined where nobody can look inside. */
  readonly dut: Dut | undefined;
  /** Throws `NotApplicable` where the device does not take such octets. */
  send(on: PortNumber, octets: Uint8Array): Promise<void>;
  wait(time: Duration): Promise<void>;
  /** What came out since the last time, in order on each port. */
  take(atLeast: number): Promise<TimedOutput[]>;
  /** In milliseconds since the target was prepared. */
  elapsed(): number;
  setUp(port: PortNumber, isUp: boolean): Promise<void>;
  /** Undefined where nobody can look inside. */
  drops(): ReadonlyMap<DropReason, number> | undefined;
  /** What is wrong where the groups of a port are not those, in the words of `groups.ts`. */
  groupsFault(port: PortNumber, wanted: readonly string[]): Promise<string | undefined>;
  /** Whom the router takes for the querier of a port. */
  querierOf(port: PortNumber): Promise<string>;
  /** Whether the machine was too busy for its moments to mean anything; it never is unless told. */
  readonly wasBusy?: () => boolean;
  /** What is wrong with the router's book; undefined where nothing is. */
  bookFault(): string | undefined;
  close(): Promise<void>;
}

/** What is left of a case where not all of it can be run or seen. */
export interface CasePart {
  readonly each: IgmpCase;
  /** What a pass is without. */
  readonly without?: string;
  /** Why it cannot pass, though it may deviate. */
  readonly unseen?: string;
}

/** Sets a target up for one case. */
export interface IgmpTargetKind {
  readonly name: 'memory' | 'devices' | 'bridge';
  /** What of a case can be run and seen here, all of it unless told; throws `NotApplicable` where that is nothing. */
  readonly partOf?: (each: IgmpCase) => CasePart;
  prepare(each: IgmpCase): Promise<IgmpTarget>;
}
