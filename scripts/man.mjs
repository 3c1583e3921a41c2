// Writes man/tunpike.1 from the help of the built program: `node scripts/man.mjs`, and at the end of each build.
// Nothing is said there that `tunpike COMMAND --help` does not say.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const converter = join(root, 'node_modules', 'marked-man', 'bin', 'marked-man.js');
// A page of 80 columns, less the indentation of a section and of an example.
const WIDTH = 68;

process.exitCode = await run();

async function run() {
  if (!existsSync(converter)) {
    console.error('error: marked-man is not installed\nfix: npm ci');
    return 1;
  }
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const { stdout, status, stderr } = spawnSync(
    process.execPath,
    [
      converter,
      '--name',
      'tunpike',
      '--section',
      '1',
      '--version',
      `Tunpike ${version}`,
      '--manual',
      'Tunpike',
    ],
    { input: await markdown(), encoding: 'utf8' },
  );
  if (status !== 0) {
    console.error(stderr);
    return status ?? 1;
  }
  mkdirSync(join(root, 'man'), { recursive: true });
  writeFileSync(join(root, 'man', 'tunpike.1'), stdout);
  return 0;
}

async function markdown() {
  const { buildProgram } = await import(join(root, 'dist', 'cli', 'program.js'));
  let said = '';
  const keep = (text) => {
    said += text;
  };
  const stdout = { write: keep, columns: WIDTH };
  const program = await buildProgram({ stdout, stderr: stdout, env: {} }, async () => {});
  const helpOf = (command) => {
    said = '';
    command.outputHelp();
    return said.trimEnd();
  };
  const listed = (command) =>
    command
      .createHelp()
      .visibleCommands(command)
      .filter((each) => typeof each.outputHelp === 'function');
  const sections = (command, path) =>
    listed(command).flatMap((each) => [
      `### ${[...path, each.name()].join(' ')}\n\n${block(helpOf(each))}`,
      ...sections(each, [...path, each.name()]),
    ]);
  return `# tunpike(1) - ${program.description()}

## SYNOPSIS

**tunpike** [_options_] _command_ [_arguments_]

## DESCRIPTION

${block(helpOf(program))}

## COMMANDS

${sections(program, ['tunpike']).join('\n\n')}

## ENVIRONMENT

**TUNPIKE_NAME** - the running lab that commands use, as \`-n\` names it; set for what \`exec\` and \`test\` run.

**TUNPIKE_TUN** - native, koffi or tuntap2: how TUN devices are reached; the first that can be, by default.

**TUNPIKE_IO_URING** - off: bursts are written without io_uring.

**TUNPIKE_RUNTIME_DIR** - the folder of control sockets and state files.

**NO_COLOR** - no color, as \`--color never\`.

## FILES

**tunpike.yaml**, **lab.yaml** - the configuration, where none is named.

**/run/tunpike/** - control sockets and state files of root's labs; of others, **$XDG_RUNTIME_DIR/tunpike/**.

## SEE ALSO

**ip**(8), **ip-netns**(8), **ping**(8), **traceroute**(8), **tcpdump**(8)
`;
}

/** Text that stays as it is, but for lines that are too long for the page. */
function block(text) {
  return text
    .split('\n')
    .flatMap(fitting)
    .map((line) => `    ${line}`.trimEnd())
    .join('\n');
}

/** What an example does goes on a line of its own; other lines are broken at blanks. */
function fitting(line) {
  if (line.length <= WIDTH) return [line];
  const [, command, does] = /^(\s*\$ .*?)\s+# (.*)$/.exec(line) ?? [];
  if (command !== undefined)
    return [...broken(command, '        '), ...broken(`      # ${does}`, '        ')];
  return broken(line, /^\s*/.exec(line)[0]);
}

function broken(line, indent) {
  const lines = [];
  let rest = line;
  while (rest.length > WIDTH) {
    const at = rest.lastIndexOf(' ', WIDTH);
    if (at <= indent.length) break;
    lines.push(rest.slice(0, at));
    rest = indent + rest.slice(at + 1);
  }
  return [...lines, rest];
}
