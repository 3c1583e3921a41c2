import type { Instance } from '../control/connection.js';
import type { Check } from '../host/doctor-check.js';
import { printable } from '../text/printable.js';
import { type AddCommand, examples } from './command.js';
import type { Terminal } from './terminal.js';

export const addDoctor: AddCommand = (program, invoke) => {
  program
    .command('doctor')
    .description('check this machine: what is missing, and the command that fixes it')
    .addHelpText(
      'after',
      examples(
        ['tunpike doctor', 'exits 4 if something required is missing'],
        ['tunpike doctor -j', 'an object for each check, with the line that mends it'],
      ),
    )
    .action(() =>
      invoke(async (terminal) => {
        const { examine } = await import('../host/doctor.js');
        const fault = await driverFault('native');
        const needsKoffi = fault !== undefined || process.env.TUNPIKE_TUN === 'koffi';
        const hasKoffi = needsKoffi && (await driverFault('koffi')) === undefined;
        const { faultOfLost, lostInstances } = await import('./lost-instances.js');
        const lost = await lostInstances();
        const checks = [
          ...(await examine({ nativeFault: () => fault, hasKoffi, warningsOf })),
          ...lost.map((each): Check => {
            const { what: detail, fix } = faultOfLost(each);
            return { name: `socket of ${each.name}`, ok: false, optional: true, detail, fix };
          }),
        ];
        if (terminal.isJson)
          terminal.printJson(checks.map((check) => ({ ...check, fix: check.fix ?? null })));
        else for (const check of checks) tell(terminal, check);
        return checks.every(({ ok, optional }) => ok || optional) ? 0 : 4;
      }),
    );
};

const tell = ({ colors, print }: Terminal, { name, ok, optional, detail, fix }: Check): void => {
  const sign = ok ? colors.green('ok     ') : optional ? colors.yellow('warning') : colors.red('missing');
  print(`${sign}  ${printable(`${name}: ${detail}`)}`);
  if (fix !== undefined) print(`         fix: ${printable(fix)}`);
};

/** The warnings of a running lab; undefined if it does not answer. */
const warningsOf = async (instance: Instance): Promise<readonly string[] | undefined> => {
  const { callInstance } = await import('../control/client.js');
  try {
    return (await callInstance(instance, 'show', { what: 'status' }, 2000)).warnings;
  } catch {
    return undefined;
  }
};

/** Why a part that opens TUN devices cannot be loaded; undefined if it can. */
const driverFault = async (backend: 'native' | 'koffi'): Promise<string | undefined> => {
  try {
    await (await import('../tun/open-port.js')).loadDriver(backend);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
};
