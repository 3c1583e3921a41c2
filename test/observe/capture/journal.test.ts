import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { VirtualLab } from '../../../src/lab/virtual-lab.js';
import type { CaptureOutput } from '../../../src/observe/capture/backlog.js';
import type { CaptureWanted } from '../../../src/observe/capture/capture.js';
import { Captures } from '../../../src/observe/capture/captures.js';
import {
  blocksIn,
  countedIn,
  ENHANCED_PACKET,
  FRAME,
  statisticsIn,
} from '../../../src/observe/capture/pcapng.js';
import { milliseconds, START } from '../../../src/time.js';
import { configured } from '../../support/configured.js';
import { datagram } from '../../support/datagram.js';

const LAB = `
links: { red: {}, blue: {} }
hosts:
  alice: { interfaces: { red: { address: 198.51.100.10/24 } } }
  bob: { interfaces: { blue: { address: 203.0.113.10/24 } } }
routers:
  r1: { interfaces: { red: { address: 198.51.100.1/24 }, blue: { address: 203.0.113.1/24 } } }
`;

/** Keeps what it was given, or takes nothing. */
class Memory implements CaptureOutput {
  readonly pieces: Uint8Array[] = [];
  isStuck = false;
  goOn = (): void => {};
  write(blocks: Uint8Array, done: (lost: { frames: number; octets: number }) => void): void {
    if (this.isStuck) {
      this.goOn = () => {
        this.isStuck = false;
        this.write(blocks, done);
      };
      return;
    }
    this.pieces.push(blocks.slice());
    setImmediate(() => done({ frames: 0, octets: 0 }));
  }
  async close(): Promise<void> {}
  get all(): Uint8Array {
    return Buffer.concat(this.pieces);
  }
}

const labWith = (wanted: Partial<CaptureWanted>) => {
  const lab = new VirtualLab(configured(LAB));
  lab.advance(milliseconds(10));
  let turn: (() => void) | undefined;
  const captures = new Captures({
    lab: lab.lab,
    program: 'tunpike test',
    now: () => START,
    timeOfDay: (at) => 1_700_000_000_000 + at,
    onTurn: (action) => {
      turn = action;
    },
  });
  const output = new Memory();
  const capture = captures.begin({ name: 'all', file: '-', ...wanted }, output);
  const send = (...datagrams: readonly Uint8Array[]): void => {
    for (const each of datagrams) lab.host('alice', 'red').send(each);
    turn?.();
  };
  return { lab, captures, capture, output, send };
};

interface Frame {
  readonly place: number;
  readonly ttl: number;
  readonly text: string;
}

const framesIn = (octets: Uint8Array): readonly Frame[] =>
  [...blocksIn(octets)].flatMap(({ type, view, from, to }) =>
    type === ENHANCED_PACKET
      ? [
          {
            place: view.getUint32(FRAME.interface * 4, true),
            ttl: view.getUint8(FRAME.data * 4 + 8),
            text: Buffer.from(octets.subarray(from, to)).toString('latin1'),
          },
        ]
      : [],
  );

const TO_BOB = { source: '198.51.100.10', destination: '203.0.113.10', protocol: 17 };

describe('a capture', () => {
  it('has a frame for each passage, with the TTL that the datagram has there', async () => {
    const { captures, capture, output, send } = labWith({});
    send(datagram({ ...TO_BOB, ttl: 9 }));
    await captures.end(capture);
    expect(framesIn(output.all).map(({ place, ttl }) => [place, ttl])).toEqual([
      [0, 9],
      [1, 8],
    ]);
    expect(capture.counts).toEqual({ packets: 2, octets: 56, lostPackets: 0 });
  });

  it('says why a datagram went no further, at the passage after which it did not', async () => {
    const { captures, capture, output, send } = labWith({});
    send(datagram({ ...TO_BOB, ttl: 1 }));
    await captures.end(capture);
    const [dropped, answer] = framesIn(output.all);
    expect(dropped!.text).toContain('drop: ttl-expired (');
    expect(answer!.text).not.toContain('drop:');
  });

  it.each([
    ['drops', { ...TO_BOB, ttl: 1 }, 1],
    ['drops', TO_BOB, 0],
    ['forwarded', TO_BOB, 2],
    ['forwarded', { ...TO_BOB, ttl: 1 }, 0],
    ['local', TO_BOB, 0],
    // The error that answers is the router's own.
    ['local', { ...TO_BOB, ttl: 1 }, 1],
  ] as const)('only %s: of %j it has %i frames', async (only, fields, frames) => {
    const { captures, capture, output, send } = labWith({ only });
    send(datagram(fields));
    await captures.end(capture);
    expect(countedIn(output.all).frames).toBe(frames);
  });

  it.each([
    [{ interface: 'r1.red' }, 1],
    [{ match: 'interface=r1.blue protocol=udp size<29' }, 1],
    [{ match: 'destination-port=2001' }, 0],
    [{ snaplen: 20 }, 2],
    [{ count: 1 }, 1],
  ] as const)('%j selects %i of two frames', async (wanted, frames) => {
    const { captures, capture, output, send } = labWith(wanted);
    send(datagram(TO_BOB));
    await captures.end(capture);
    expect(countedIn(output.all).frames).toBe(frames);
  });

  it('counts what an output that is stuck has no room for, and goes on', () => {
    const { capture, output, send } = labWith({});
    output.isStuck = true;
    const long = datagram({ ...TO_BOB, payload: new Uint8Array(1400) });
    for (let turn = 0; turn < 100; turn += 1) send(...Array.from({ length: 128 }, () => long));
    const { packets, lostPackets } = capture.counts;
    expect(packets + lostPackets).toBe(100 * 256);
    expect(lostPackets).toBeGreaterThan(0);
  });

  it('says in the end what is missing, also where there was no room to say it', async () => {
    const { captures, capture, output, send } = labWith({});
    output.isStuck = true;
    const long = datagram({ ...TO_BOB, payload: new Uint8Array(1400) });
    for (let turn = 0; turn < 100; turn += 1) send(...Array.from({ length: 128 }, () => long));
    const { lostPackets } = capture.counts;
    const ended = captures.end(capture);
    output.goOn();
    await ended;
    expect(statisticsIn(output.all).dropped).toBe(lostPackets);
  });

  it('is whole blocks whatever comes in, and nobody looks any more when it has ended', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.uint8Array({ minLength: 1, maxLength: 80 }), { maxLength: 20 }),
        async (all) => {
          const { lab, captures, capture, output, send } = labWith({});
          const before = lab.lab.routers.get('r1')!.ledger.received;
          send(...all);
          await captures.end(capture);
          send(datagram(TO_BOB));
          const octets = output.all;
          expect([...blocksIn(octets)].at(-1)?.to).toBe(octets.length);
          const received = lab.lab.routers.get('r1')!.ledger.received - before - 1;
          expect(countedIn(octets).frames).toBeGreaterThanOrEqual(received);
        },
      ),
      { numRuns: 50 },
    );
  });
});
