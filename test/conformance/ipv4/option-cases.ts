import type { DatagramFields } from '../../support/datagram.js';
import { type Case, kase, type Setup } from '../case.js';
import { forwarded, passedOn } from '../expectation.js';
import { error } from './expects.js';
import { transit } from './sends.js';

/** Source routes are followed, as RFC 1812 asks; the usual settings drop them, as RFC 7126 asks. */
export const FOLLOWING = {
  ip: { options: { 'loose-source-route': 'process', 'strict-source-route': 'process' } },
} as const;

interface More extends Setup {
  readonly fields?: DatagramFields;
}

/** The options are refused: the sender is told which octet of the header is wrong. */
export const problem = (
  title: string,
  options: readonly number[],
  pointer: number,
  { fields, ...setup }: More = {},
): Case =>
  kase(title, {
    ...setup,
    send: transit({ ...fields, options }),
    on: 0,
    expect: [error({ on: 0, type: 12, code: 0, parameter: pointer * 0x100_0000 })],
    drop: 'bad-option',
  });

/** The datagram leaves with its options as they came. */
export const untouched = (title: string, options: readonly number[], { fields, ...setup }: More = {}): Case =>
  kase(title, { ...setup, send: transit({ ...fields, options }), on: 0, expect: [forwarded({ on: 1 })] });

/** The datagram leaves with other options, and with other fields where they are told. */
export const rewritten = (
  title: string,
  options: readonly number[],
  after: DatagramFields,
  { fields, ...setup }: More = {},
): Case =>
  kase(title, {
    ...setup,
    send: transit({ ...fields, options }),
    on: 0,
    expect: [forwarded({ on: 1, as: passedOn(transit({ ...fields, ...after })) })],
  });

/** The datagram is dropped for its options without a word. */
export const refused = (title: string, options: readonly number[], { fields, ...setup }: More = {}): Case =>
  kase(title, { ...setup, send: transit({ ...fields, options }), on: 0, drop: 'option-refused' });
