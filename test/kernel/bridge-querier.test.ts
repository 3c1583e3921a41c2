import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { kase } from '../conformance/igmp/case.js';
import { asks } from '../conformance/igmp/expectation.js';
import { allow, isEx, leave, query, report, toEx, v2Report } from '../conformance/igmp/messages.js';
import { runIgmpCase } from '../conformance/igmp/run-case.js';
import { igmpBridge } from '../conformance/igmp/targets/bridge.js';
import { G, LOWER, ROUTER, S1, S2 } from '../conformance/igmp/topology.js';
import { describeKernel } from '../support/kernel.js';

const AGENT = join(import.meta.dirname, '../../scripts/conformance/agent.py');

/** A kernel may be built without; whoever has only that one is not kept from testing all else. */
const hasBridges = spawnSync('unshare', ['-n', 'ip', 'link', 'add', 'br0', 'type', 'bridge']).status === 0;
if (!hasBridges) console.error('skipped: the conformance table on a Linux bridge: this kernel makes none');

describeKernel('the conformance table on a Linux bridge', ['bridge', 'python3'], () => {
  const bridge = igmpBridge(AGENT);

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
    expect(await runIgmpCase(each, bridge)).toEqual({ outcome: 'pass' });
  });

  it.runIf(hasBridges)(
    'says where it does otherwise: a bridge asks everybody about a group that was left',
    async () => {
      const each = kase('x', {
        steps: [{ send: v2Report() }, { send: leave(), expect: [asks({ group: G })] }],
      });
      expect(await runIgmpCase(each, bridge)).toEqual({
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
    expect(await runIgmpCase(each, bridge)).toEqual({
      outcome: 'deviates',
      why: expect.stringMatching(/^port 0 has "239\.1\.1\.1 exclude=(259\.9|260|260\.1)" instead of/),
    });
  });
});
