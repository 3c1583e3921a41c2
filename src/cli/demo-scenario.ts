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
}

/** Something that a person could type on a host, and what it proves. */
export interface Step {
  readonly does: string;
  readonly host: string;
  readonly command: readonly string[];
  /** Found somewhere in what the command prints; the step came out well where all of them are. */
  readonly expects: readonly RegExp[];
  /** Lines of the output that say nothing here are left out. */
  readonly hides?: RegExp;
  readonly means: string;
}

/** What `ping` prints besides its answers. */
export const PING_NOISE = /^(PING |--- |rtt |$)/;
