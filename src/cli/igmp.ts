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
    .description('asks who is in a group, or forgets it, now')
    .helpCommand(false)
    .addHelpText(
      'after',
      examples(
        ['tunpike igmp query r1.red', 'a general query: every member there answers'],
        ['tunpike igmp leave r1.red 239.1.2.3', 'stops the stream until somebody reports the group again'],
      ),
    );
  igmp
    .command('query')
    .description('sends a query now; the timers of the querier stay as they are')
    .argument('<interface>', 'for example r1.red')
    .option('--group <g>', 'about this group only', addressFlag)
    .option('--source <a>', 'about this source of the group only', addressFlag)
    .option('--max-response <d>', 'hosts answer within so long', durationFlag)
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
    .description('forgets a group of an interface, as if nobody there wanted it any more')
    .argument('<interface>', 'for example r1.red')
    .argument('<group>', 'for example 239.1.2.3', addressFlag)
    .option('--source <a>', 'this source only', addressFlag)
    .addHelpText(
      'after',
      examples([
        'tunpike igmp leave r1.red 239.1.2.3',
        'a member that is still there brings it back by its next report',
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
