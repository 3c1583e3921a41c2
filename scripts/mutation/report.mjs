import { linesOf } from './equivalent.mjs';

/** Where a mutant is, its line, and what that becomes. */
export const tell = ({ file, text }, mutant) => {
  const { is, becomes } = linesOf(text, mutant);
  return `${file}:${mutant.line}:${mutant.column}\n  ${is}\n  ${becomes}`;
};

/** Prints the score of each file and folder, and each mutant that no test noticed and nobody explained. */
export const report = (files, results, equivalents) => {
  const rows = [];
  const survivors = [];
  for (const each of files) {
    const outcomes = each.mutants.map((mutant) => results.outcome(each.text, mutant));
    const survived = each.mutants.filter((_, at) => ['passed', 'open'].includes(outcomes[at]));
    const unexplained = survived.filter((mutant) => !equivalents.has(each.file, each.text, mutant));
    for (const mutant of unexplained) {
      const isOpen = results.outcome(each.text, mutant) === 'open';
      survivors.push(`${tell(each, mutant)}${isOpen ? '\n  (open)' : ''}`);
    }
    rows.push({
      name: each.file,
      count: outcomes.filter((outcome) => outcome !== undefined).length,
      untried: outcomes.filter((outcome) => outcome === undefined).length,
      failed: outcomes.filter((outcome) => outcome === 'failed').length,
      late: outcomes.filter((outcome) => outcome === 'late').length,
      survived: survived.length,
      same: survived.length - unexplained.length,
    });
  }
  console.log(
    '| | mutants | untried | noticed | by counting | survived | of these the same | score, % | without the same, % |',
  );
  console.log(`|${' --- |'.repeat(9)}`);
  for (const row of [...rows, ...sums(rows)]) console.log(rowText(row));
  if (survivors.length > 0) console.log(`\nsurvived:\n${survivors.join('\n')}`);
  const unfit = equivalents.unfit(files.map(({ file }) => file));
  for (const { file, becomes } of unfit)
    console.log(`mutation/equivalent.json: nothing survives in ${file} as ${becomes}`);
};

function sums(rows) {
  const folders = new Map();
  for (const { name, ...numbers } of rows) {
    const folder = name.split('/').slice(0, 2).join('/');
    const sum = folders.get(folder) ?? { name: `**${folder}**` };
    for (const [part, number] of Object.entries(numbers)) sum[part] = (sum[part] ?? 0) + number;
    folders.set(folder, sum);
  }
  return folders.values();
}

function rowText({ name, count, untried, failed, late, survived, same }) {
  const share = (part, whole) => (whole === 0 ? '' : ((100 * part) / whole).toFixed(1));
  const noticed = failed + late;
  return `| ${[name, count + untried, untried, failed, late, survived, same, share(noticed, count), share(noticed, count - same)].join(' | ')} |`;
}
