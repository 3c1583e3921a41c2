import type { ShowWhat } from '../../observe/shown.js';

/** A lab, and the steps that show what it does. */
export interface Scenario {
  readonly name: string;
  readonly shows: string;
  /** A drawing of the lab. */
  readonly picture: string;
  /** The configuration file, without `name:`, `log:` and the hosts’ namespaces. */
  readonly lab: string;
  /** `--run` and the shell use the first. */
  readonly hosts: readonly string[];
  readonly steps: readonly DemoStep[];
  /** Whether the story is told at a terminal, too, where others open a shell. */
  readonly isAlwaysTold?: boolean;
  /** The tables shown at the end; `icmp` and `drops` by default. */
  readonly tables?: readonly ShowWhat[];
}

/** A command that a person could type, and what it proves. */
export interface DemoStep {
  readonly does: string;
  /** The host to run it on; left out for a `tunpike` command. */
  readonly host?: string;
  readonly command: readonly string[];
  /** Patterns that the output must contain, all of them. */
  readonly expects: readonly RegExp[];
  /** Lines of the output to leave out. */
  readonly hides?: RegExp;
  readonly means: string;
  /** Receivers that join before the command begins; the step lasts until they end. */
  readonly meanwhile?: readonly Receiver[];
}

/** A `tunpike mcast recv` beside the command of a step. */
export interface Receiver {
  readonly command: readonly string[];
  readonly expects: readonly RegExp[];
}

/** What `ping` prints besides its answers. */
export const PING_NOISE = /^(PING |--- |rtt |$)/;
