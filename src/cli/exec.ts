import { Failure } from '../failure.js';
import type { DeviceObject, InstanceState } from '../host/state-file.js';
import { type AddCommand, examples } from './command.js';
import { instanceNamed } from './instance.js';

export const addExec: AddCommand = (program, invoke) => {
  program
    .command('exec')
    .usage('[options] HOST -- CMD…')
    .description('runs a program on a host, in its network namespace')
    .argument('<host>', 'a host of the running lab')
    .argument('<cmd...>', 'the program and its arguments, after `--`')
    .addHelpText(
      'after',
      examples(
        ['tunpike exec alice -- ping -c 1 203.0.113.10', 'the exit code is that of the program'],
        ['tunpike exec bob -- sh', 'a shell on bob'],
      ),
    )
    .action((host: string, command: readonly string[]) =>
      invoke(async (terminal) => {
        const state = await instanceNamed(terminal.flags.name);
        const { execIn } = await import('../host/netns-exec.js');
        const { namespace } = deviceOf(host, state);
        const rootlessPid = state.rootless ? state.pid : undefined;
        return execIn({ namespace: namespace ?? undefined, rootlessPid }, command);
      }),
    );
};

/** Any device of the host: they are all in its one namespace. */
const deviceOf = (host: string, state: InstanceState): DeviceObject => {
  const devices = state.objects.filter((object) => object.kind === 'device');
  const found = devices.find((device) => device.host === host);
  if (found !== undefined) return found;
  const hosts = [...new Set(devices.map((device) => device.host))].join(' ');
  throw new Failure(2, `${state.name} has no host '${host}'`, `its hosts: ${hosts || 'none'}`);
};
