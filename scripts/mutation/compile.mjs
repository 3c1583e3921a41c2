import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { compileFunction } from 'node:vm';
import ts from 'typescript';

/** Names that a compiled module is given: a budget of loop rounds, marks of the regions it comes through, its place. */
const PARAMETERS = ['exports', 'require', '$budget', '$marks', '$place'];
const TICK = 'if(--$budget.left<0)$budget.spend();';

/**
 * What runs of a file: `run(exports, require, budget, marks, place)`, and the specifiers that it imports.
 *
 * Every round of every loop is counted, so that a mutant that never ends is found by counting and not by a clock.
 * With `marked`, every region that is reached sets its mark. `place` stands for `import.meta`. What is `kept` need not be translated a second time.
 */
export const compile = (text, path, { marked = false, kept = false } = {}) => {
  const code = kept ? keptCode(text, marked) : translate(text, marked);
  const imports = [...code.matchAll(/\brequire\("([^"]+)"\)/g)].map((match) => match[1]);
  return { run: compileFunction(code, PARAMETERS, { filename: path }), imports };
};

const translate = (text, marked) =>
  ts
    .transpileModule(instrument(text, marked), {
      compilerOptions: {
        module: ts.ModuleKind.CommonJS,
        target: ts.ScriptTarget.ES2023,
        isolatedModules: true,
      },
    })
    .outputText.replace(/\bimport\.meta\b/g, '$place');

const KEPT = join(import.meta.dirname, '../../node_modules/.cache/tunpike-mutation');
const own = readFileSync(import.meta.filename, 'utf8');
/** What was translated before is found on the disk: every process needs the same hundreds of files. */
const keptCode = (text, marked) => {
  const name = createHash('sha256').update(`${ts.version} ${marked} ${own}`).update(text).digest('hex');
  const path = join(KEPT, `${name.slice(0, 40)}.js`);
  if (existsSync(path)) return readFileSync(path, 'utf8');
  const code = translate(text, marked);
  mkdirSync(KEPT, { recursive: true });
  writeFileSync(`${path}.${process.pid}`, code);
  renameSync(`${path}.${process.pid}`, path);
  return code;
};

/** Where regions begin and end: the innermost one around a place is reached whenever the place is. */
export const regionsOf = (text) => {
  const spans = [];
  walk(parse(text), {
    region: (node) => {
      spans.push({ start: node.getStart(), end: node.getEnd() });
    },
  });
  return spans;
};

/** The number of the innermost region around a mutant; 0 is the file itself, reached where it is loaded. */
export const regionOf = (spans, { start, end }) => {
  let found = 0;
  for (const [at, span] of spans.entries()) if (span.start <= start && end <= span.end) found = at + 1;
  return found;
};

const parse = (text) => ts.createSourceFile('source.ts', text, ts.ScriptTarget.Latest, true);

const instrument = (text, marked) => {
  const pieces = [];
  let count = 0;
  const put = (at, what) => pieces.push({ at, what });
  const mark = () => {
    count += 1;
    return `$marks[${count}]=1`;
  };
  walk(parse(text), {
    region: (node) => {
      if (!marked) return undefined;
      return surround(node, mark(), put);
    },
    loop: (node) => surround(node, TICK, put),
  });
  // Stable: what is put at one place stays in the order of the walk.
  pieces.sort((a, b) => a.at - b.at);
  let result = marked ? '$marks[0]=1;' : '';
  let from = 0;
  for (const { at, what } of pieces) {
    result += text.slice(from, at) + what;
    from = at;
  }
  return result + text.slice(from);
};

/** Puts a statement before a block's first, or before a statement or an expression; gives what ends it. */
const surround = (node, what, put) => {
  if (ts.isBlock(node)) put(node.getStart() + 1, `${what};`);
  else if (ts.isCaseOrDefaultClause(node)) put(node.statements[0].getStart(), `${what};`);
  else {
    const [open, close] = ts.isExpression(node) ? [`(${what},`, ')'] : [`{${what};`, '}'];
    put(node.getStart(), open);
    return () => put(node.getEnd(), close);
  }
  return undefined;
};

/** Visits the regions and the bodies of loops from outside to inside; calls what a visit gave when it leaves. */
const walk = (source, { region, loop = () => undefined }) => {
  const visit = (node) => {
    if (ts.isTypeNode(node)) return;
    const ends = [];
    if (isRegion(node)) ends.push(region(node));
    if (isLoopBody(node)) ends.push(loop(node));
    ts.forEachChild(node, visit);
    for (const end of ends.reverse()) end?.();
  };
  visit(source);
};

const isLoopBody = (node) =>
  ts.isIterationStatement(node.parent ?? node, false) && node.parent.statement === node;

const LAZY = [
  ts.SyntaxKind.AmpersandAmpersandToken,
  ts.SyntaxKind.BarBarToken,
  ts.SyntaxKind.QuestionQuestionToken,
];

const isRegion = (node) => {
  const { parent } = node;
  if (parent === undefined) return false;
  if (ts.isFunctionLike(parent)) return parent.body === node;
  if (ts.isIfStatement(parent)) return node !== parent.expression;
  if (ts.isConditionalExpression(parent)) return node === parent.whenTrue || node === parent.whenFalse;
  if (ts.isCaseOrDefaultClause(node)) return node.statements.length > 0;
  if (ts.isBinaryExpression(parent)) return node === parent.right && LAZY.includes(parent.operatorToken.kind);
  return isLoopBody(node);
};
