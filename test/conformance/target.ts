import type { DropReason } from '../../src/drop-reason.js';
import type { Duration } from '../../src/time.js';
import type { Case, Output, PortNumber } from './case.js';

/** A router under test, whatever it runs on: octets in on four ports, octets out, and its devices. */
export interface Target {
  /** Throws `NotApplicable` where the device does not take such octets. */
  send(on: PortNumber, octets: Uint8Array): Promise<void>;
  wait(time: Duration): Promise<void>;
  /** What came out since the last time, in order on each port; waits where it takes time until `atLeast` are there. */
  take(atLeast: number): Promise<Output[]>;
  setUp(port: PortNumber, isUp: boolean): Promise<void>;
  /** Deletes the device of a port. */
  remove(port: PortNumber): Promise<void>;
  setMtu(port: PortNumber, mtu: number): Promise<void>;
  /** How often each reason was counted so far; undefined where the router has no such thing. */
  drops(): ReadonlyMap<DropReason, number> | undefined;
  /** What is wrong with the router's book; undefined where nothing is, or there is none. */
  bookFault(): string | undefined;
  close(): Promise<void>;
}

/** Sets a target up for one case. */
export interface TargetKind {
  readonly name: 'memory' | 'devices' | 'linux';
  /** Throws `NotApplicable` where the router has no such setting. */
  prepare(each: Case): Promise<Target>;
}

/** Why a case has no result here. */
export class NotApplicable extends Error {}
