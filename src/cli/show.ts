import { Failure } from '../failure.js';
import { isShowWhat, SHOWN, type Shown, type ShowWhat } from '../observe/shown.js';
import { nearest } from '../text/nearest.js';
import { type AddCommand, examples } from './command.js';
import { silenceOf } from './progress.js';
import type { Drawing } from './show-format-topology.js';
import { type Growing, isGrowing, jsonDrawing, printRows, type RowsDrawing } from './show-rows.js';
import type { Terminal } from './terminal.js';

interface ShowFlags {
  readonly router?: string;
  readonly all?: true;
  readonly yaml?: true;
  readonly mermaid?: true;
  readonly dot?: true;
  readonly watch?: true;
}

export const addShow: AddCommand = (program, invoke) => {
  program
    .command('show')
    .description('print the state of a running lab')
    .argument('<what>', Object.keys(SHOWN).join(' '))
    .argument('[prefix]', 'with routes: a prefix, for what is inside it, or an address, for what leads to it')
    .option('-r, --router <router>', 'what belongs to this router only')
    .option('--all', 'with routes: also the own addresses of the routers')
    .option('--watch', 'again each second, until Ctrl-C')
    .option('--yaml', 'with config: a file that `tunpike up` takes')
    .option('--mermaid', 'with topology: a Mermaid flowchart')
    .option('--dot', 'with topology: a Graphviz graph')
    .addHelpText('after', `\nWHAT is one of:\n${list()}`)
    .addHelpText(
      'after',
      examples(
        ['tunpike show drops', 'dropped datagrams, and why'],
        ['tunpike show routes 203.0.113.10 -r r1', 'the routes of r1 that lead there'],
        ['tunpike show topology --dot | neato -Tsvg > lab.svg', 'the lab as a picture'],
        ['tunpike show config --yaml > now.yaml', 'the settings in force, as a file'],
        ['tunpike show routes -j -n lab', 'the routes of the lab named lab, as JSON'],
      ),
    )
    .action((what: string, prefix: string | undefined, flags: ShowFlags) =>
      invoke((terminal) => show(terminal, what, prefix, flags)),
    );
};

/** Prints a subject of a running lab, as `tunpike show` does. */
export const show = async (
  terminal: Terminal,
  what: string,
  prefix: string | undefined,
  flags: ShowFlags,
): Promise<number> => {
  if (!isShowWhat(what)) throw new Failure(2, `unknown subject '${what}'`, mendOf(what));
  if (prefix !== undefined && what !== 'routes')
    throw new Failure(2, `\`show ${what}\` takes no prefix`, `tunpike show ${what}`);
  refuseForms(what, flags);
  const [{ callInstance }, { instanceFor }, format, { narrowed }] = await Promise.all([
    import('../control/client.js'),
    import('./instance.js'),
    terminal.isJson ? undefined : import('./show-format.js'),
    import('./show-narrow.js'),
  ]);
  const narrow = narrowed(what, { prefix, router: flags.router });
  const instance = await instanceFor(terminal, flags.router);
  const inside = prefix === undefined ? {} : { prefix };
  const silence = silenceOf(terminal, instance.name);
  const patience = flags.watch === true && !LONG.has(what) ? PATIENCE_FOR_SHORT : PATIENCE;
  // One that hangs is given up soon, whatever it is asked for.
  if (patience > PATIENCE_FOR_SHORT) await callInstance(instance, 'ping', {});
  const ask = <What extends ShowWhat>(subject: What): Promise<Shown[What]> =>
    silence.during(callInstance(instance, 'show', { what: subject, ...inside }, patience));
  const none = async (): Promise<void> => {
    if (flags.router !== undefined) checkRouter(flags.router, await ask('interfaces'), instance.name);
  };
  const styleNow = () => ({
    isAll: flags.all === true,
    drawing: drawingOf(flags),
    width: terminal.width,
    colors: terminal.colors,
  });
  const once = async (): Promise<string | undefined> => {
    const shown = narrow(await ask(what));
    if (Array.isArray(shown) && shown.length === 0) await none();
    if (flags.yaml === true) return (await import('yaml')).stringify(shown).trimEnd();
    if (format !== undefined) return format.formatShown(what, shown, styleNow());
    if (flags.watch === true) terminal.printJsonLine(shown);
    else terminal.printJson(shown);
    return undefined;
  };
  if (flags.watch === true) return (await import('./watch.js')).watch(terminal, once);
  if (isGrowing(what)) {
    const { askForRows } = await import('../control/rows-client.js');
    const rows = silence.between(askForRows(instance, { what, ...inside }, patience));
    const drawing: RowsDrawing<Shown[Growing]> = format?.drawingOf(what, styleNow()) ?? jsonDrawing();
    await printRows(terminal, rows, narrow, drawing, none);
    return 0;
  }
  const text = await once();
  if (text !== undefined) terminal.print(text);
  return 0;
};

/** Which subject each form is of. */
const FORMS = { yaml: 'config', mermaid: 'topology', dot: 'topology' } as const;

const refuseForms = (what: ShowWhat, flags: ShowFlags): void => {
  for (const [form, of] of Object.entries(FORMS))
    if (flags[form as keyof typeof FORMS] === true && what !== of)
      throw new Failure(2, `\`show ${what}\` has no --${form}`, `tunpike show ${of} --${form}`);
};

const drawingOf = ({ mermaid, dot }: ShowFlags): Drawing =>
  mermaid === true ? 'mermaid' : dot === true ? 'dot' : 'text';

/** A million routes take their time. In milliseconds. */
const PATIENCE = 60_000;
/** Who watches is to see soon that a lab hangs. In milliseconds. */
const PATIENCE_FOR_SHORT = 5000;

/** The subjects that a table of routes makes long, or a link with very many hosts. */
const LONG: ReadonlySet<ShowWhat> = new Set(['routes', 'config', 'neighbors']);

const checkRouter = (router: string, interfaces: Shown['interfaces'], lab: string): void => {
  const routers = [...new Set(interfaces.map((row) => row.router))];
  if (!routers.includes(router))
    throw new Failure(2, `${lab} has no router '${router}'`, `its routers: ${routers.join(' ')}`);
};

/** The subject that is probably meant, or all of them. */
const mendOf = (what: string): string => {
  const near = nearest(what, Object.keys(SHOWN));
  return near === undefined ? `one of ${Object.keys(SHOWN).join(' ')}` : `did you mean ${near}?`;
};

const list = (): string =>
  Object.entries(SHOWN)
    .map(([what, meaning]) => `  ${what.padEnd(12)}${meaning}`)
    .join('\n');
