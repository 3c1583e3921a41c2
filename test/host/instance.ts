import { HostSide } from '../../src/host/host-side.js';
import { host, lab, openRealPort } from './lab.js';

// A lab of one host in a process of its own, which says `ready` and waits for its end. Arguments: the folder of
// its state file, the namespace, `persistent` or nothing.
const [directory = '', namespace = '', persistent] = process.argv.slice(2);

const side = await HostSide.bring(
  lab({ hosts: [host({ name: namespace, namespace, persistent: persistent === 'persistent' })] }),
  {
    openPort: openRealPort,
    instance: { socket: '/tmp/none.sock', file: undefined, version: '0.0.0', rootless: false },
    log: (line) => console.log(line),
    directory,
  },
);
process.once('SIGTERM', () => void side.close().then(() => process.exit(0)));
setInterval(() => {}, 60_000);
console.log(`ready ${process.pid}`);
