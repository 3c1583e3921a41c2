import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { describeKernel, namespacePath, run, withNamespace } from '../support/kernel.js';

/** As it is built. */
const compiled = fileURLToPath(new URL('../../dist', import.meta.url));

/** A program that opens two devices and then does what it is told. */
const program = (namespace: string, backend: string, then: string): string => `
import { Arena } from '${compiled}/tun/arena.js';
import { openPort } from '${compiled}/tun/open-port.js';
const arena = new Arena();
const listener = { receive() {}, burstDone() {}, stateChanged() {}, mtuChanged() {} };
const ports = [];
for (const device of ['tp0', 'tp1']) {
  const port = await openPort({ device, namespace: '${namespacePath(namespace)}', persistent: false }, arena, ['${backend}']);
  port.start(listener);
  ports.push(port);
}
${then}
`;

describeKernel('a process with open ports', [], () => {
  const ways = [
    ['ends at once by process.exit', 'setTimeout(() => process.exit(3), 100);', 3],
    [
      'ends by itself once the ports are closed',
      'setTimeout(() => ports.forEach((port) => port.close()), 100);',
      0,
    ],
    ['stays alive for its ports', 'setTimeout(() => process.exit(5), 500).unref();', 5],
    ['survives an exception and exits', "setTimeout(() => { throw new Error('on purpose'); }, 100);", 1],
  ] as const;

  for (const backend of ['native', 'koffi']) {
    it.each(ways)(`%s (${backend})`, (_title, then, code) =>
      withNamespace('tptun-end', async (namespace) => {
        const started = performance.now();
        const script = program(namespace, backend, then);
        const { code: actual, stderr } = await run('node', ['--input-type=module', '-e', script]);
        expect({ actual, stderr: actual === code ? '' : stderr }).toEqual({ actual: code, stderr: '' });
        expect(performance.now() - started).toBeLessThan(5000);
        expect((await run('ip', ['-n', namespace, '-o', 'link'])).stdout).not.toContain('tp0');
      }),
    );
  }

  it('may hold them in a worker thread that is terminated', () =>
    withNamespace('tptun-end', async (namespace) => {
      const inner = program(namespace, 'native', "parentPort.postMessage('open');");
      const script = `
import { Worker } from 'node:worker_threads';
import { execFileSync } from 'node:child_process';
const worker = new Worker(new URL('data:text/javascript,' + encodeURIComponent(${JSON.stringify(
        `import { parentPort } from 'node:worker_threads';\n${inner.replaceAll("from '/", "from 'file:///")}`,
      )})));
worker.on('error', (error) => { console.error(error); process.exit(9); });
worker.on('message', async () => {
  await worker.terminate();
  console.log(execFileSync('ip', ['-n', '${namespace}', '-o', 'link'], { encoding: 'utf8' }));
});`;
      const { code, stdout, stderr } = await run('node', ['--input-type=module', '-e', script]);
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(stdout).toContain('lo');
      expect(stdout).not.toContain('tp0');
    }));
});
