import type { DropReason } from '../../src/drop-reason.js';
import type { IgmpInterface } from '../../src/igmp/igmp-interface.js';
import type { Router } from '../../src/router/router.js';
import type { Duration, Instant } from '../../src/time.js';
import type { Case, Output } from './case.js';
import type { PortNumber } from './topology.js';

/** The router under test, seen from inside. */
export interface Dut {
  readonly router: Router;
  /** The lab's time. */
  now(): Instant;
  /** Throws where the port runs no IGMP. */
  igmp(port: PortNumber): IgmpInterface;
  /** What IGMP on all ports has counted so far of what it received and refused: `received report-v3`. */
  counted(): ReadonlyMap<string, number>;
  /** The IGMP events so far, in words. */
  readonly events: readonly string[];
}

/** A router under test, whatever it runs on: octets in on four ports, octets out, its devices, and time. */
export interface Target {
  /** How far a moment may be off, in seconds. */
  readonly tolerance: number;
  /**
   * How late an output may be beyond that, in seconds, that was due so many seconds after its step began, and the step so
   * many after the case; never unless told.
   */
  readonly lateness?: (due: number, output: Output, begun: number) => number;
  /** Undefined where nobody can look inside. */
  readonly dut: Dut | undefined;
  /** Throws `NotApplicable` where the device does not take such octets. */
  send(on: PortNumber, octets: Uint8Array): Promise<void>;
  wait(time: Duration): Promise<void>;
  /** What came out since the last time, in order on each port; waits where it takes time until `atLeast` are there. */
  take(atLeast: number): Promise<Output[]>;
  /** In milliseconds since the target was prepared. */
  elapsed(): number;
  setUp(port: PortNumber, isUp: boolean): Promise<void>;
  /** Deletes the device of a port. */
  remove(port: PortNumber): Promise<void>;
  setMtu(port: PortNumber, mtu: number): Promise<void>;
  /** How often each reason was counted so far; undefined where nobody can look inside. */
  drops(): ReadonlyMap<DropReason, number> | undefined;
  /** What is wrong where the groups of a port are not those, in the words of `igmp/groups.ts`. */
  groupsFault(port: PortNumber, wanted: readonly string[]): Promise<string | undefined>;
  /** Whom the router takes for the querier of a port. */
  querierOf(port: PortNumber): Promise<string>;
  /** Whether the machine was too busy for its moments to mean anything; it never is unless told. */
  readonly wasBusy?: () => boolean;
  /** What is wrong with the router's book; undefined where nothing is, or there is none. */
  bookFault(): string | undefined;
  close(): Promise<void>;
}

/** What is left of a case where not all of it can be run or seen. */
export interface CasePart {
  readonly each: Case;
  /** What a pass is without. */
  readonly without?: string;
  /** Why it cannot pass, though it may deviate. */
  readonly unseen?: string;
}

/** Sets a target up for one case. */
export interface TargetKind {
  readonly name: 'memory' | 'devices' | 'linux' | 'bridge';
  /** What of a case can be run and seen here, all of it unless told; throws `NotApplicable` where that is nothing. */
  readonly partOf?: (each: Case) => CasePart;
  /** Throws `NotApplicable` where the router has no such setting. */
  prepare(each: Case): Promise<Target>;
}

/** Why a case has no result here. */
export class NotApplicable extends Error {}
