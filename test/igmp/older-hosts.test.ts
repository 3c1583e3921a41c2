import { describe, expect, it } from 'vitest';
import { Bench, G, S1, S2, v1Report, v2Leave, v2Report } from './bench.js';

const compatibility = (bench: Bench): number | undefined => bench.view()?.compatibility;

describe('a host of version 1 or 2', () => {
  it('F01 F02 F10 makes its group one of that version at once, and of every source', () => {
    const bench = new Bench();
    bench.hear(v2Report(G));
    expect([compatibility(bench), bench.state()]).toEqual([2, 'EX({},{})@270']);
    bench.hear(v1Report(G));
    expect(compatibility(bench)).toBe(1);
    expect(bench.forwards(S1)).toBe(true);
  });

  it('F03 F11 B06 of version 2 leaves as version 3 does, and is asked about in 12 octets', () => {
    const bench = new Bench();
    bench.hear(v2Report(G), v2Leave(G));
    expect(bench.until(5000).asked(0)).toEqual(['0 Q(G)', '1000 Q(G)']);
    expect(bench.sent.map(({ message }) => message.length)).toEqual([12, 12, 12]);
    expect(bench.view()).toBeUndefined();
  });

  it('F04 of version 1 cannot leave, and nobody can while it is there', () => {
    const bench = new Bench();
    bench.hear(v1Report(G), v2Leave(G));
    bench.say(['to-in', G], ['to-in', G, [S1]]);
    expect([bench.state(), bench.asked(0)]).toEqual(['EX({},{})@270', []]);
  });

  it('F05 F06 keeps others from excluding sources', () => {
    for (const older of [v1Report(G), v2Report(G)]) {
      const bench = new Bench();
      bench.hear(older);
      bench.say(['block', G, [S1]], ['to-ex', G, [S1]], ['is-ex', G, [S1]]);
      expect([bench.state(), bench.forwards(S1), bench.asked(0)]).toEqual(['EX({},{})@270', true, []]);
    }
  });

  it('F07 of version 2 lets sources be asked for, while all are forwarded', () => {
    const bench = new Bench();
    bench.hear(v2Report(G));
    bench.say(['allow', G, [S1]], ['is-in', G, [S2]]);
    expect([bench.state(), bench.forwards('203.0.113.9')]).toEqual(['EX({1@270,2@270},{})@270', true]);
    bench.say(['to-in', G, [S1]]);
    expect(bench.asked(0)).toEqual(['0 Q(G)', '0 Q(G,S2)']);
  });

  it('F08 F09 B05 is forgotten 260 seconds after its last report, the older one first', () => {
    const seen = [259_999, 260_000, 359_999, 360_000].map((time) => {
      const again = new Bench();
      again.hear(v1Report(G));
      again.until(100_000).hear(v2Report(G));
      return compatibility(again.until(time));
    });
    expect(seen).toEqual([1, 2, 2, 3]);
  });

  it('F14 A03 knows no leaves and no questions about a group where the interface is set to version 1', () => {
    const bench = new Bench({ version: 1 });
    bench.hear(v1Report(G), v2Report('239.2.2.2'));
    expect(bench.hear(v2Leave(G), v2Leave('239.2.2.2'))).toEqual(['igmp-ignored', 'igmp-ignored']);
    expect(bench.igmp.query({ group: 1 }, bench.now)).toBe(false);
    bench.until(200_000);
    expect(new Set(bench.sent.map(({ message }) => `${message.length} ${message[1]}`))).toEqual(
      new Set(['8 0']),
    );
    expect(bench.forwards(S1)).toBe(true);
    expect(bench.until(270_000).view()).toBeUndefined();
  });
});
