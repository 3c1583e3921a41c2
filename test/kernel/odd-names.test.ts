import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { Background } from '../support/background.js';
import { describeKernel, run } from '../support/kernel.js';
import { labText, leftovers, MAIN, tunpike } from '../support/lab.js';
import { ONE_LINK } from '../support/topologies.js';

const ODD = '\u001b[41m\u0007\nx\u009b';
const SHOWN = '\\u001b[41m\\u0007\\nx\\u009b';
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
const OBEYED = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/;

describeKernel('a name that a terminal would obey', [], () => {
  it('is shown where it is that of a folder that we are in, or use', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'ktodd-'));
    const within = join(folder, `in${ODD}`);
    try {
      mkdirSync(within);
      writeFileSync(join(within, 'file'), '');
      const argv = ['-C', within, 'TUNPIKE_RUNTIME_DIR=file', process.execPath, MAIN, 'logs'];
      const { code, stderr } = await run('env', argv);
      expect(code).toBe(4);
      expect(stderr).not.toMatch(OBEYED);
      expect(stderr).toContain(`error: ${folder}/in${SHOWN}/file is no place for a control socket: it is no`);
      expect(stderr.trim().split('\n')).toHaveLength(2);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it('is shown by every command that names a file, a folder or a program', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'ktodd-'));
    const [file, aside] = [join(folder, `lab${ODD}.yaml`), join(folder, 'aside.yaml')];
    const { name, text } = labText(`capture: [{ name: all, file: "cap\\e[41m\\nx.pcapng" }]\n${ONE_LINK}`);
    writeFileSync(file, text);
    /** Gives all that a command says, where nothing is in it that is obeyed, and no line begins with what a name has. */
    const said = async (...argv: string[]): Promise<string> => {
      const { stdout, stderr } = await tunpike(argv);
      const all = `${stdout}${stderr}`;
      expect(all).not.toMatch(OBEYED);
      expect(all).not.toMatch(/^x/m);
      return all;
    };
    const lab = new Background([process.execPath, MAIN, 'up', file]);
    const named = `${folder}/lab${SHOWN}.yaml`;
    try {
      await lab.printed(/^ready/m);
      const own = (...argv: string[]): Promise<string> => said('-n', name, ...argv);
      expect(await said('check', file)).toContain(`${named}: fine`);
      expect(await said('init', join(folder, ODD))).toMatch(/next: tunpike check \$'.*\\033\[41m\\007\\012x/);
      expect(await said('ls')).toContain(named);
      expect(await own('show', 'status')).toContain(`configuration ${named}`);
      expect(await own('show', 'captures')).toContain(`${folder}/cap\\u001b[41m\\nx.pcapng`);
      expect(await own('exec', 'alice', '--', `no${ODD}`)).toBe(`tunpike: no${SHOWN}: no such program\n`);
      const capture = ['capture', '--duration', '1ms', '-w'];
      expect(await own(...capture, join(folder, ODD))).toContain('exists already');
      expect(await own(...capture, join(folder, `c${ODD}`))).toContain(` to ${folder}/c${SHOWN}; Ctrl-C`);
      renameSync(file, aside);
      expect(await own('reload')).toContain(`cannot read ${named}: no such file`);
      writeFileSync(file, text.replace('nx.pcapng', 'ny.pcapng'));
      expect(await said('plan', file)).toContain('file: ');
      expect(await own('reload')).toContain('reloaded: ');
      const evidence = join(folder, `ev${ODD}`);
      mkdirSync(evidence);
      writeFileSync(aside, `version: 1\n${ONE_LINK}`);
      const tested = await said('test', aside, '--evidence', evidence, '--', `no${ODD}`);
      expect(tested).toContain(`tunpike: no${SHOWN}: no such program`);
      expect(tested).toContain(`evidence: ${folder}/ev${SHOWN}/capture.pcapng`);
    } finally {
      await lab.stop();
      rmSync(folder, { recursive: true, force: true });
    }
    expect(leftovers(name)).toEqual([]);
  });
});
