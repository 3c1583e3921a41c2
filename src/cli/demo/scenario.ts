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
  /** They run from before the story, the shell or `--run` to its end. */
  readonly servers?: readonly Server[];
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
  /** Programs that begin, or receivers that join, before the command begins; the step lasts until they end. */
  readonly meanwhile?: readonly Companion[];
}

/** A program beside the command of a step. */
export interface Companion {
  /** As in a step. */
  readonly host?: string;
  readonly command: readonly string[];
  /** What it prints when the command of the step may begin; where a receiver has joined unless told. */
  readonly ready?: RegExp;
  readonly expects: readonly RegExp[];
  readonly hides?: RegExp;
}

/** A program that serves the steps, on a host. */
export interface Server {
  readonly host: string;
  readonly command: readonly string[];
  /** What all that it has printed ends with when it can be used. */
  readonly ready: RegExp;
}

/** What `ping` prints besides its answers. */
export const PING_NOISE = /^(PING |--- |rtt |$)/;

/** What a command that is silent when it succeeds prints: an error would be something. */
export const NO_OUTPUT = /^$/;
