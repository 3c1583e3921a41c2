/** One thing that the program needs, or that its users want, of this machine. */
export interface Check {
  readonly name: string;
  readonly ok: boolean;
  /** Whether the program works without it, if with less. */
  readonly optional: boolean;
  readonly detail: string;
  /** The line that mends it; undefined where all is well. */
  readonly fix: string | undefined;
}

export const good = (name: string, detail: string, optional = false): Check => ({
  name,
  ok: true,
  optional,
  detail,
  fix: undefined,
});

export const bad = (name: string, detail: string, fix: string | undefined, optional = false): Check => ({
  name,
  ok: false,
  optional,
  detail,
  fix,
});
