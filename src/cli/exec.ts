import { type AddCommand, examples } from './command.js';

export const addExec: AddCommand = (program, invoke) => {
  program
    .command('exec')
    .usage('[options] HOST -- CMD…')
    .description('run a program on a host, in its network namespace')
    .argument('<host>', 'a host of the running lab')
    .argument('<cmd...>', 'the program and its arguments, after `--`')
    .addHelpText(
      'after',
      examples(
        ['tunpike exec alice -- ping -c 1 203.0.113.10', 'exits with the code of the program'],
        ['tunpike exec bob -- sh', 'a shell on bob'],
      ),
    )
    .action((host: string, command: readonly string[]) =>
      invoke(async (terminal) => {
        const [{ instanceNamed, NAME_VARIABLE }, { placeOf }, { execIn }] = await Promise.all([
          import('./instance.js'),
          import('./host-place.js'),
          import('../host/netns-exec.js'),
        ]);
        const state = await instanceNamed(terminal.flags.name);
        process.env[NAME_VARIABLE] = state.name;
        return execIn(await placeOf(host, state), command);
      }),
    );
};
