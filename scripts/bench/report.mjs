import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus, release, totalmem } from 'node:os';
import { PROGRAM_CPU, ROUTER_CPU } from './processes.mjs';
import { CONGESTION_CONTROL } from './tcp.mjs';

const version = (command) => execFileSync(command, ['--version'], { encoding: 'utf8' }).split('\n', 1)[0];

const placement = () => {
  if (ROUTER_CPU === undefined) return 'one processor for everything';
  const programs = `in ping-pong the programs at both ends are on processor ${PROGRAM_CPU}`;
  return `the router on processor ${ROUTER_CPU}; the programs at both ends where the kernel puts them; ${programs}`;
};

const isVirtual = () => readFileSync('/proc/cpuinfo', 'utf8').includes('hypervisor');

/** Lines about what was measured on, and when. */
export const circumstances = (rounds) => [
  `- Machine: ${cpus().length} × ${cpus()[0].model}${isVirtual() ? ', virtual' : ''}, ${(totalmem() / 2 ** 30).toFixed(0)} GiB; Linux ${release()}; Node ${process.version}; ${version('iperf3').split(' (')[0]}.`,
  `- Date: ${new Date().toISOString().slice(0, 16).replace('T', ' ')} UTC.`,
  `- Placement: ${placement()}. Linux as the router works on the processors of those programs.`,
  `- TCP: ${CONGESTION_CONTROL} at both ends. MTU 1500. Queues of devices: 500 datagrams, with offload 2000, veth without.`,
  `- ${rounds > 1 ? `Each figure is the median of ${rounds} rounds, in which` : 'One round, in which'} all take turns; ratios, in brackets, are taken turn by turn, to the C relay where nothing else is said.`,
];

const CONTENDERS = `
| | is |
| --- | --- |
| C relay | the floor of what a program on two TUN devices can do: poll, read, TTL and checksum, write; no routing, no checks |
| C relay, offload | the same with virtio-net headers: super-datagrams of up to 64 KiB are passed on as they came |
| kernel | Linux forwarding between two pairs of veth |
| tunpike, no offload | \`TUNPIKE_OFFLOAD=off\` |
| tunpike, offload | \`TUNPIKE_OFFLOAD=all\` |
`.trim();

/** The whole of docs/benchmarks.md. */
export const reportOf = (sections, rounds, seconds) =>
  `${[
    '# Benchmarks',
    `Written by \`npm run bench\`, in one run of ${Math.round(seconds / 60)} minutes; do not edit. Figures of another machine are others; ratios hold better.`,
    circumstances(rounds).join('\n'),
    CONTENDERS,
    '![Rates as ratios to the plain C relay](images/benchmarks.svg)',
    ...sections.map(sectionText),
  ].join('\n\n')}\n`;

export const sectionText = ({ title, tables }) => [`## ${title}`, ...tables].join('\n\n');
