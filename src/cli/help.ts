import { Failure } from '../failure.js';
import { type AddCommand, examples } from './command.js';

export const addHelp: AddCommand = (program, invoke) => {
  program
    .command('help')
    .description('explain an error code, a drop reason, an IGMP refusal, the presets of links, or a command')
    .argument('[topic]', 'for example E-HOSTBITS, would-fragment or up')
    .addHelpText(
      'after',
      examples(
        ['tunpike help E-HOSTBITS', 'what the code of a configuration error means'],
        ['tunpike help would-fragment', 'what a drop reason means'],
        ['tunpike help presets', 'what each preset of a link sets, and who measured it'],
      ),
    )
    .action((topic: string | undefined) =>
      invoke(async (terminal) => {
        if (topic === undefined) {
          program.outputHelp();
          return 0;
        }
        const command = program.commands.find((each) => each.name() === topic);
        if (
          command?.helpInformation !== undefined &&
          isListed(program.createHelp().visibleCommands(program), command)
        ) {
          command.outputHelp();
          return 0;
        }
        if (topic === 'presets') {
          const { formatPresets, presetRows } = await import('./presets.js');
          if (terminal.isJson) terminal.printJson(presetRows());
          else terminal.print(formatPresets());
          return 0;
        }
        const { meaningOf, mendOf } = await import('./topics.js');
        const meaning = meaningOf(topic);
        if (meaning === undefined) {
          throw new Failure(2, `no help on '${topic}'`, mendOf(topic));
        }
        if (terminal.isJson) terminal.printJson({ code: meaning.code, meaning: meaning.text });
        else terminal.print(`${terminal.colors.bold(meaning.code)}: ${meaning.text}`);
        return 0;
      }),
    );
};

const isListed = <Each>(listed: readonly Each[], each: Each): boolean => listed.includes(each);
