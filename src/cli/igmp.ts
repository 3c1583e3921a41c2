import { type AddCommand, examples } from './command.js';
import { addressFlag, durationFlag } from './flag-values.js';

interface QueryFlags {
  readonly group?: string;
  readonly source?: string;
  readonly maxResponse?: number;
}

export const addIgmp: AddCommand = (program, invoke) => {
  const igmp = program
    .command('igmp')
    .description('send an IGMP query, or remove a membership')
    .helpCommand(false)
    .addHelpText(
      'after',
      examples(
        ['tunpike igmp query r1.red', 'a general query, which every member answers'],
        ['tunpike igmp leave r1.red 239.1.2.3', 'stop the stream until a host reports the group again'],
      ),
    );
  igmp
    .command('query')
    .description('send a query now; the timers of the querier are not changed')
    .argument('<interface>', 'for example r1.red')
    .option('--group <g>', 'ask about this group only', addressFlag)
    .option('--source <a>', 'ask about this source of the group only', addressFlag)
    .option(
      '--max-response <d>',
      'maximum response time, for example 1s (default: that of the querier)',
      durationFlag,
    )
    .addHelpText(
      'after',
      examples(
        ['tunpike igmp query r1.red', 'a general query'],
        ['tunpike igmp query r1.red --group 239.1.2.3 --max-response 1s', 'a group-specific query'],
      ),
    )
    .action((name: string, { group, source, maxResponse }: QueryFlags) =>
      invoke(async (terminal) => {
        const { callInstance } = await import('../control/client.js');
        const { instanceNamed } = await import('./instance.js');
        const sent = await callInstance(await instanceNamed(terminal.flags.name), 'igmpQuery', {
          interface: name,
          ...(group === undefined ? {} : { group }),
          ...(source === undefined ? {} : { source }),
          ...(maxResponse === undefined ? {} : { maxResponseMs: maxResponse }),
        });
        const about = sent.group === null ? 'general query' : `query about ${sent.group}`;
        if (terminal.isJson) terminal.printJson(sent);
        else
          terminal.print(
            `${sent.interface}: version ${sent.version} ${about}${sent.source === null ? '' : ` from ${sent.source}`} sent`,
          );
        return 0;
      }),
    );
  igmp
    .command('leave')
    .description('remove a group from an interface, as if its last member had left')
    .argument('<interface>', 'for example r1.red')
    .argument('<group>', 'for example 239.1.2.3', addressFlag)
    .option('--source <a>', 'remove this source only', addressFlag)
    .addHelpText(
      'after',
      examples([
        'tunpike igmp leave r1.red 239.1.2.3',
        'a member that remains restores it with its next report',
      ]),
    )
    .action((name: string, group: string, { source }: { readonly source?: string }) =>
      invoke(async (terminal) => {
        const { callInstance } = await import('../control/client.js');
        const { instanceNamed } = await import('./instance.js');
        const left = await callInstance(await instanceNamed(terminal.flags.name), 'igmpLeave', {
          interface: name,
          group,
          ...(source === undefined ? {} : { source }),
        });
        const what = left.source === null ? left.group : `${left.source} of ${left.group}`;
        if (terminal.isJson) terminal.printJson(left);
        else
          terminal.print(
            `${left.interface}: ${left.forgotten ? `${what} is forgotten` : `nobody asked for ${what}`}`,
          );
        return left.forgotten ? 0 : 1;
      }),
    );
};
