// The options of a script, from its command line. `--help` prints the comment at its head.
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { parseArgs } from 'node:util';

/** Ends a script that was called as it must not be, and says why. */
export const usageOf =
  ({ filename }) =>
  (what) => {
    console.error(`${basename(filename, '.mjs')}: ${what}`);
    process.exit(2);
  };

/** As `parseArgs` gives them; whoever asks for help, or gives an option that does not exist, is answered here. */
export const optionsOf = ({ filename }, { options = {}, ...rest } = {}) => {
  const help = { type: 'boolean', short: 'h', default: false };
  try {
    const parsed = parseArgs({ ...rest, options: { ...options, help } });
    if (!parsed.values.help) return parsed;
  } catch (error) {
    usageOf({ filename })(`${error.message.split(/\.\s/)[0]}; --help says what there is`);
  }
  console.log(headOf(readFileSync(filename, 'utf8')));
  process.exit(0);
};

/** The comment at the head of a script, as text. */
const headOf = (source) => {
  const lines = source.split('\n');
  const end = lines.findIndex((line) => !line.startsWith('//'));
  return lines
    .slice(0, end)
    .map((line) => line.slice(3))
    .join('\n');
};
