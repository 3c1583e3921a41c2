import { describe, expect, it } from 'vitest';
import type { Interface } from '../../src/interface.js';
import { type AnsweringRouter, errorOptions, replyOptions } from '../../src/ip/options-reply.js';
import { START } from '../../src/time.js';
import { addressOctets, datagram, fromHex, hex, ip } from '../support/datagram.js';

const SENDER = '10.0.1.10';
const US = '10.0.1.1';
/** What Linux 6.18 wrote into the answers below. */
const NOON_ISH = 0x0090f6f1;

const router = (changed: Partial<AnsweringRouter> = {}): AnsweringRouter => ({
  isOurs: () => false,
  exitTo: (_destination, like) => ({ egress: {} as Interface, nextHop: like.length }),
  addressOn: () => ip(US),
  utcMilliseconds: () => NOON_ISH,
  ...changed,
});

const request = (options: readonly number[] | Uint8Array): Uint8Array =>
  datagram({ source: SENDER, destination: US, protocol: 1, options });

const reply = (digits: string, changed: Partial<AnsweringRouter> = {}): [string, number | undefined] => {
  const answer = replyOptions(request(fromHex(digits)), ip(US), router(changed), START);
  return [hex(answer.options), answer.firstHop];
};

const route = (type: number, pointer: number, ...stops: readonly string[]): number[] => [
  type,
  3 + 4 * stops.length,
  pointer,
  ...stops.flatMap(addressOctets),
];

/** The golden options were captured from Linux 6.18 with the addresses above, answering the same request. */
describe('the options of an answer', () => {
  it('EC11 record us on the way here and on the way out', () => {
    expect(reply('0713080a00010a00000000000000000000000000')[0]).toBe(
      '0713100a00010a0a0001010a0001010000000000',
    );
  });

  it('EC11 record us once where one slot is left', () => {
    expect(reply('070b080a00010a0000000000')[0]).toBe('070b0c0a00010a0a00010100');
  });

  it.each([
    ['070904000000000000 4408050000000000', '0709080a0001010000 440809000090f6f1 000000'],
    ['440e050100000000000000000000', '440e0d010a0001010090f6f10000 0000'],
    ['070a0400000000000000', '070a080a000101000000 0000'],
    ['44100501000000000000000000000000', '44100d010a0001010090f6f100000000'],
    ['440a0500000000000000', '440a09000090f6f10000 0000'],
  ])('EC11 keep within each option, though it ends amid a slot: %s', (digits, wanted) => {
    expect(reply(digits)[0]).toBe(hex(fromHex(wanted)));
  });

  it.each<[string, Partial<AnsweringRouter>]>([
    ['no way leads back', { exitTo: () => undefined }],
    ['the router has no address', { addressOn: () => undefined }],
  ])('EC11 record only the way here where %s', (_title, changed) => {
    expect(reply('070b040000000000000000', changed)[0]).toBe('070b080a0001010000000000');
    expect(reply('440c05000000000000000000', changed)[0]).toBe('440c09000090f6f100000000');
  });

  it('EC11 record the address of the interface by which the answer leaves', () => {
    const [options] = reply('070b040000000000000000', { addressOn: () => ip('10.0.2.1') });
    expect(options).toBe('070b0c0a0001010a00020100');
  });

  it('EC12 take the time twice, as often as we are on the way', () => {
    expect(reply(`441c0501${'00'.repeat(24)}`)[0]).toBe(
      '441c15010a0001010090f6f10a0001010090f6f10000000000000000',
    );
  });

  it('EC12 count us once where there is no room', () => {
    expect(reply('4408092000000000')[0]).toBe('4408093000000000');
  });

  it('EC12 take the time for an address of ours', () => {
    expect(reply('440c05030a00010100000000', { isOurs: () => true })[0]).toBe('440c0d030a0001010090f6f1');
    expect(reply('440c05030a00010100000000')[0]).toBe('440c05030a00010100000000');
  });

  it('OP23 say with the first bit of the time that there is no clock', () => {
    const [options] = reply('4408050000000000', { utcMilliseconds: () => undefined });
    expect(options).toBe('4408090080000000');
  });

  it('OP34 go back along the route that was recorded', () => {
    expect(reply(hex(Uint8Array.from(route(131, 12, '10.9.0.1', '10.9.0.2'))))).toEqual([
      '830b040a0900010a00010a00',
      ip('10.9.0.2'),
    ]);
    expect(reply(hex(Uint8Array.from(route(137, 8, '10.9.0.1'))))).toEqual([
      '8907040a00010a00',
      ip('10.9.0.1'),
    ]);
  });

  it('OP35 name the sender once where the record wrongly begins with it', () => {
    expect(reply(hex(Uint8Array.from(route(131, 16, SENDER, '10.9.0.1', '10.9.0.2'))))).toEqual([
      '830b040a0900010a00010a00',
      ip('10.9.0.2'),
    ]);
    expect(reply(hex(Uint8Array.from(route(131, 8, SENDER))))).toEqual(['', undefined]);
  });

  it('EC13 ask for the exit towards the first hop', () => {
    const asked: number[] = [];
    const exitTo: AnsweringRouter['exitTo'] = (destination) => {
      asked.push(destination);
      return undefined;
    };
    reply(hex(Uint8Array.from(route(131, 12, '10.9.0.1', '10.9.0.2'))), { exitTo });
    expect(asked).toEqual([ip('10.9.0.2')]);
  });

  it('EC14 leave unknown options, Router Alert and Security behind', () => {
    expect(reply('63040000 94040000 82030001')).toEqual(['', undefined]);
  });

  it('EC14 keep Record Route behind an unknown option', () => {
    expect(reply('63040000 0707040000000000')[0]).toBe('0707080a00010100');
  });

  it('OP44 of 40 octets fit into an answer', () => {
    const octets = [...route(131, 12, '10.9.0.1', '10.9.0.2'), 7, 15, 4, ...new Array(12).fill(0)];
    const [options] = reply(hex(Uint8Array.from([...octets, 68, 12, 5, 0, 0, 0, 0, 0, 0, 0, 0, 0])));
    expect(options).toBe(
      '830b040a0900010a00010a070f0c0a0001010a00010100000000440c0d000090f6f10090f6f1' + '0000',
    );
  });

  it('EC14 are none where the request has none', () => {
    const answer = replyOptions(datagram(), ip(US), router(), START);
    expect(answer).toEqual({ options: new Uint8Array(0), firstHop: undefined });
  });
});

describe('the options of an error', () => {
  const NONE = { options: new Uint8Array(0), firstHop: undefined };

  it('OP36 go back along the part of the route that was travelled', () => {
    const original = request(route(131, 8, '10.9.0.1', '10.9.0.2'));
    const { options, firstHop } = errorOptions(original, false);
    expect([hex(options), firstHop]).toEqual(['8307040a00010a00', ip('10.9.0.1')]);
  });

  it('OP36 are none where nothing was travelled', () => {
    expect(errorOptions(request(route(131, 4, '10.9.0.1')), false)).toEqual(NONE);
  });

  it('OP36 are none in a Parameter Problem', () => {
    expect(errorOptions(request(route(131, 8, '10.9.0.1')), true)).toEqual(NONE);
  });

  it('EG24 are none for Record Route and Timestamp', () => {
    expect(errorOptions(request(fromHex('070704000000004408050000000000')), false)).toEqual(NONE);
  });

  it('EG13 leave the original as it came', () => {
    const original = request(route(131, 8, '10.9.0.1', '10.9.0.2'));
    const before = hex(original);
    errorOptions(original, false);
    replyOptions(original, ip(US), router(), START);
    expect(hex(original)).toBe(before);
  });
});
