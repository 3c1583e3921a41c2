import { Option } from 'commander';
import { ONLY } from '../control/capture.js';
import { MATCH_KEYS } from '../text/match.js';
import type { CaptureFlags } from './capture-flags.js';
import { type AddCommand, examples } from './command.js';
import { completes } from './completion/sources.js';
import { durationFlag, fileFlag, sizeFlag, wholeNumber } from './flag-values.js';

export const addCapture: AddCommand = (program, invoke) => {
  program
    .command('capture')
    .description('write datagrams to a pcapng file, for Wireshark and its like')
    .addOption(
      completes(
        new Option('-i, --interface <interface>', 'only this interface of a router, for example r1.red'),
        'interfaces',
      ),
    )
    .option('-w, --write <file>', 'the file, or - for standard output', fileFlag)
    .option('-c, --count <frames>', 'stop after so many frames', wholeNumber(1, 4_294_967_295))
    .option('-s, --snaplen <octets>', 'keep so many octets of each datagram', wholeNumber(20, 65_535))
    .addOption(
      new Option('--only <what>', 'only these datagrams; local: to or from a router itself').choices(ONLY),
    )
    .option('--match <expr...>', 'only datagrams that match')
    .option('--duration <duration>', 'stop after this time, for example 10s', durationFlag)
    .option('--rotate <size>', 'a new file when this one would get longer, for example 10MB', sizeFlag)
    .option(
      '--keep <files>',
      'with --rotate: so many files, FILE, FILE.1 (older) … (default: 5)',
      wholeNumber(1, 1000),
    )
    .addHelpText('after', `\nEXPR is one or more KEY=VALUE, all of which must hold:\n${keys()}`)
    .addHelpText(
      'after',
      examples(
        ['tunpike capture -w lab.pcapng', 'everything, until Ctrl-C'],
        ['tunpike capture -i r1.red -w - | tshark -r -', 'as it happens; or wireshark -k -i -'],
        ['tunpike capture --only drops -w drops.pcapng --duration 1m', 'each dropped datagram, and why'],
        ['tunpike capture --only local -w - | tcpdump -n -r -', 'what routers say and hear: ICMP, IGMP'],
        ['tunpike capture -w lab.pcapng --rotate 10MB --keep 5', 'at most 50 MB of it, the newest'],
      ),
    )
    .addHelpText(
      'after',
      'A datagram is a frame on each interface that it passes, with the TTL that it has there. Where it was dropped,\nthe comment of the frame says why. All its frames have one packet id (frame.packet_id).',
    )
    .action((flags: CaptureFlags) =>
      invoke(async (terminal) => (await import('./capture-run.js')).runCapture(terminal, flags)),
    );
};

const keys = (): string =>
  Object.entries(MATCH_KEYS)
    .map(([key, { means }]) => `  ${key.padEnd(18)}${means}`)
    .join('\n');
