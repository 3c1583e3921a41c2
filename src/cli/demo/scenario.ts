import type { ShowWhat } from '../../observe/shown.js';

/** A lab that shows something, with the steps that show it. */
export interface Scenario {
  readonly name: string;
  readonly shows: string;
  /** A drawing of the lab, for the beginning of the story. */
  readonly picture: string;
  /** The configuration file, without `name:`, `log:` and the hosts’ namespaces. */
  readonly lab: string;
  /** The first is where `--run` and the shell take place. */
  readonly hosts: readonly string[];
  readonly steps: readonly Step[];
  /** At a terminal, too, the story is told; otherwise a shell is opened there. */
  readonly isAlwaysTold?: boolean;
  /** What is shown in the end; `icmp` and `drops` where it is left out. */
  readonly tables?: readonly ShowWhat[];
}

/** Something that a person could type, and what it proves. */
export interface Step {
  readonly does: string;
  /** Where it is typed; left out for a `tunpike` command, which knows its way. */
  readonly host?: string;
  readonly command: readonly string[];
  /** Found somewhere in what the command prints; the step came out well where all of them are. */
  readonly expects: readonly RegExp[];
  /** Lines of the output that say nothing here are left out. */
  readonly hides?: RegExp;
  readonly means: string;
  /** Receivers that have joined before the command begins; the step ends when they have ended by themselves. */
  readonly meanwhile?: readonly Receiver[];
}

/** A `tunpike mcast recv` beside the command of a step. */
export interface Receiver {
  readonly command: readonly string[];
  readonly expects: readonly RegExp[];
}

/** What `ping` prints besides its answers. */
export const PING_NOISE = /^(PING |--- |rtt |$)/;
