import ts from 'typescript';

/** What each operator becomes. */
const OPERATORS = {
  '<': ['<=', '>='],
  '<=': ['<', '>'],
  '>': ['>=', '<='],
  '>=': ['>', '<'],
  '===': ['!=='],
  '!==': ['==='],
  '&&': ['||'],
  '||': ['&&'],
  '??': ['&&'],
  '+': ['-'],
  '-': ['+'],
  '*': ['/'],
  '/': ['*'],
  '%': ['*'],
  '&': ['|'],
  '|': ['&'],
  '^': ['&'],
  '<<': ['>>'],
  '>>': ['<<'],
  '>>>': ['<<'],
  '+=': ['-='],
  '-=': ['+='],
};

/** What the name of a function becomes. */
const NAMES = { min: 'max', max: 'min', some: 'every', every: 'some', floor: 'ceil', ceil: 'floor' };

/** Every mutant of a source text: where it begins and ends, what stands there and what is to. */
export const mutantsOf = (text) => {
  const source = ts.createSourceFile('source.ts', text, ts.ScriptTarget.Latest, true);
  const found = [];
  const put = (node, ...replacements) => {
    const [start, end] = [node.getStart(source), node.getEnd()];
    for (const replacement of replacements) found.push({ start, end, text: replacement });
  };
  const visit = (node) => {
    // Types are gone when it runs.
    if (ts.isTypeNode(node) || ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return;
    if (ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node)) return;
    mutate(node, put, source);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found.map((mutant) => {
    const { line, character } = source.getLineAndCharacterOfPosition(mutant.start);
    return { ...mutant, was: text.slice(mutant.start, mutant.end), line: line + 1, column: character + 1 };
  });
};

const mutate = (node, put, source) => {
  if (ts.isBinaryExpression(node))
    put(node.operatorToken, ...(OPERATORS[node.operatorToken.getText(source)] ?? []));
  if (ts.isIfStatement(node)) put(node.expression, 'true', 'false');
  if (ts.isConditionalExpression(node)) put(node.condition, 'true', 'false');
  if (ts.isWhileStatement(node)) put(node.expression, 'false');
  if (node.kind === ts.SyntaxKind.TrueKeyword) put(node, 'false');
  if (node.kind === ts.SyntaxKind.FalseKeyword) put(node, 'true');
  if (ts.isNumericLiteral(node)) put(node, `(${node.getText(source)} + 1)`);
  if (ts.isStringLiteral(node) && isDecisive(node)) put(node, "'mutant'");
  if (ts.isPrefixUnaryExpression(node)) unary(node, put, source);
  if (ts.isPostfixUnaryExpression(node))
    put(
      node,
      `${node.operand.getText(source)}${node.operator === ts.SyntaxKind.PlusPlusToken ? '--' : '++'}`,
    );
  if (ts.isExpressionStatement(node)) put(node, ';');
  if (
    ts.isPropertyAccessExpression(node) &&
    ts.isCallExpression(node.parent) &&
    Object.hasOwn(NAMES, node.name.text)
  )
    put(node.name, NAMES[node.name.text]);
};

const unary = (node, put, source) => {
  const operand = node.operand.getText(source);
  if (node.operator === ts.SyntaxKind.PlusPlusToken) put(node, `--${operand}`);
  else if (node.operator === ts.SyntaxKind.MinusMinusToken) put(node, `++${operand}`);
  else put(node, `(${operand})`);
};

/** A text that something depends on: a word that is compared or given back, not a sentence for a person to read. */
const isDecisive = ({ parent, text }) => !text.includes(' ') && isCompared(parent);
const isCompared = (parent) =>
  ts.isCaseClause(parent) ||
  ts.isReturnStatement(parent) ||
  ts.isConditionalExpression(parent) ||
  (ts.isBinaryExpression(parent) && ['===', '!=='].includes(parent.operatorToken.getText()));
