import { afterAll, beforeAll, expect, it } from 'vitest';
import { Arena } from '../../src/tun/arena.js';
import { openPort } from '../../src/tun/open-port.js';
import { describeKernel } from '../support/kernel.js';
import { checkRow } from './offload/check-row.js';
import { Oracle } from './offload/oracle.js';
import { OFFLOAD } from './offload/rows.js';

/** Few; `npm run conformance -- offload` has many. */
const BURSTS = 25;

describeKernel('the kernel takes apart what is offloaded to the same octets', ['tc', 'sysctl'], () => {
  let oracle: Oracle;
  beforeAll(async () => {
    oracle = await Oracle.open({ Arena, openPort });
  });
  afterAll(() => oracle?.close());

  it.each(OFFLOAD)('$id $title', async (row) => {
    expect((await checkRow(row, oracle, BURSTS)).why).toBeUndefined();
  });
});
