import { execIn } from '../../src/host/netns-exec.js';

const [namespace, ...command] = process.argv.slice(2);
process.exitCode = await execIn({ namespace, rootlessPid: undefined }, command);
