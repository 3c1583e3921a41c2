import { execIn } from '../../src/host/netns-exec.js';

const [namespace, ...command] = process.argv.slice(2);
const { SIGNAL_BEFORE } = process.env;
if (SIGNAL_BEFORE !== undefined) {
  process.on(SIGNAL_BEFORE, () => {});
  process.kill(process.pid, SIGNAL_BEFORE);
}
process.exitCode = await execIn({ namespace, rootlessPid: undefined }, command);
