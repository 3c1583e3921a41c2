import { createRequire } from 'node:module';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '../..');
const fromVitest = createRequire(createRequire(join(ROOT, 'package.json')).resolve('vitest/package.json'));
const packages = ['@vitest/expect', '@vitest/snapshot', '@vitest/pretty-format', 'chai'];
const [expects, snapshots, pretty, chai] = await Promise.all(
  packages.map((each) => import(fromVitest.resolve(each))),
);

const printed = (value) => {
  const options = { printBasicPrototype: false, escapeString: false, plugins: snapshots.getSerializers() };
  const text = pretty.format(value, options);
  return text.includes('\n') ? `\n${text}\n` : text;
};
const inlineSnapshots = ({ Assertion, AssertionError }, { addMethod }) =>
  addMethod(Assertion.prototype, 'toMatchInlineSnapshot', function (inline) {
    const [is, should] = [printed(this._obj), snapshots.stripSnapshotIndentation(inline)];
    if (is.trim() !== should.trim()) throw new AssertionError(`not the snapshot: ${is}`);
  });

for (const plugin of [
  expects.JestExtend,
  expects.JestChaiExpect,
  expects.JestAsymmetricMatchers,
  inlineSnapshots,
])
  chai.use(plugin);

const expect = (value, message) => {
  const { assertionCalls } = expects.getState(expect);
  expects.setState({ assertionCalls: assertionCalls + 1 }, expect);
  return chai.expect(value, message);
};
for (const name of [
  'any',
  'anything',
  'objectContaining',
  'arrayContaining',
  'stringContaining',
  'stringMatching',
  'not',
])
  expect[name] = chai.expect[name];
expect.assertions = (count) => expects.setState({ expectedAssertionsNumber: count }, expect);
Object.defineProperty(globalThis, expects.GLOBAL_EXPECT, {
  value: expect,
  writable: true,
  configurable: true,
});
const noAssertions = { assertionCalls: 0, expectedAssertionsNumber: null };

/** The tests of the file that is being loaded. */
let collected = { tests: [], after: [] };
let scopes = [];

const describe = (_title, body) => {
  scopes = [...scopes, { before: [], after: [], first: [] }];
  body();
  scopes = scopes.slice(0, -1);
};
const it = (_title, ...rest) => {
  const body = rest.find((each) => typeof each === 'function');
  collected.tests.push({ body, scopes });
};
const each = (one) => (rows) => (title, body) => {
  for (const row of rows) one(title, () => (Array.isArray(row) ? body(...row) : body(row)));
};
describe.each = each(describe);
it.each = each(it);

/** What stands for `vitest`: as much of it as tests that need no device use. */
export const VITEST = {
  describe,
  it,
  test: it,
  expect,
  beforeAll: (body) => scopes.at(-1).first.push(body),
  beforeEach: (body) => scopes.at(-1).before.push(body),
  afterEach: (body) => scopes.at(-1).after.unshift(body),
  afterAll: (body) => collected.after.unshift(body),
};

/** The tests that a file has when `load` loads it, and what is to be done after the last of them. */
export const collect = (load, path) => {
  collected = { tests: [], after: [] };
  scopes = [{ before: [], after: [], first: [] }];
  load(path);
  return collected;
};

/** Runs one test; throws or rejects where it fails. Gives a promise only where the test does. */
export const runTest = ({ body, scopes: around }) => {
  expects.setState(noAssertions, expect);
  if (around.every(({ before, after, first }) => before.length + after.length + first.length === 0)) {
    const done = body();
    return done instanceof Promise ? done.then(countAssertions) : countAssertions();
  }
  return runWithHooks(body, around);
};

const runWithHooks = async (body, around) => {
  for (const { first } of around) for (const hook of first.splice(0)) await hook();
  try {
    for (const { before } of around) for (const hook of before) await hook();
    await body();
    countAssertions();
  } finally {
    for (const { after } of around.toReversed()) for (const hook of after) await hook();
  }
};

const countAssertions = () => {
  const { assertionCalls, expectedAssertionsNumber } = expects.getState(expect);
  if (expectedAssertionsNumber !== null && assertionCalls !== expectedAssertionsNumber)
    throw new Error(`${assertionCalls} assertions, not ${expectedAssertionsNumber}`);
};
