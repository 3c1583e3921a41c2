import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { G, LOWER, ROUTER, S1, S2 } from '../conformance/igmp/addresses.js';
import { asks } from '../conformance/igmp/expects.js';
import { kase } from '../conformance/igmp/kase.js';
import { allow, isEx, leave, query, report, toEx, v2Report } from '../conformance/igmp/sends.js';
import { runCase } from '../conformance/run-case.js';
import { bridge as bridgeAt } from '../conformance/targets/bridge.js';
import { describeKernel } from '../support/kernel.js';

const AGENT = join(import.meta.dirname, '../../scripts/conformance/agent.py');

/** A kernel may be built without; whoever has only that one is not kept from testing all else. */
const hasBridges = spawnSync('unshare', ['-n', 'ip', 'link', 'add', 'br0', 'type', 'bridge']).status === 0;
if (!hasBridges) console.error('skipped: the conformance table on a Linux bridge: this kernel makes none');

describeKernel('the conformance table on a Linux bridge', ['bridge', 'python3'], () => {
  const bridge = bridgeAt(AGENT);

  it.runIf(hasBridges)('sees its first query, its groups and who has the office', async () => {
    const each = kase('x', {
      fromStart: true,
      igmpOn: { 1: 'none', 2: 'none' },
      steps: [
        { expect: [asks()], querier: { 0: ROUTER[0] } },
        {
          send: report([toEx(G, S2), allow(G, S1)]),
          groups: { 0: [`${G} exclude=270 ${S1}=270 !${S2}`] },
        },
        { send: query(), querier: { 0: LOWER[0] } },
      ],
    });
    expect(await runCase(each, bridge)).toEqual({ outcome: 'pass' });
  });

  it.runIf(hasBridges)(
    'says where it does otherwise: a bridge asks everybody about a group that was left',
    async () => {
      const each = kase('x', {
        steps: [{ send: v2Report() }, { send: leave(), expect: [asks({ group: G })] }],
      });
      expect(await runCase(each, bridge)).toEqual({
        outcome: 'deviates',
        why: expect.stringMatching(
          /^step 2: destination 224\.0\.0\.1 instead of 239\.1\.1\.1; p0: query about/,
        ),
      });
    },
  );

  it.runIf(hasBridges)('has its own intervals where a case is about those', async () => {
    const each = kase('x', {
      intervalsFollow: true,
      send: report(isEx(G)),
      groups: { 0: [`${G} exclude=270`] },
    });
    expect(await runCase(each, bridge)).toEqual({
      outcome: 'deviates',
      why: expect.stringMatching(/^port 0 has "239\.1\.1\.1 exclude=(259\.9|260|260\.1)" instead of/),
    });
  });
});
