import { z } from 'zod';
import { fault, isFault } from '../text/fault.js';
import { nearest } from '../text/nearest.js';
import { rangeCodes } from './kinds.js';

/** The value that a schema reads from an input, or the reason why it cannot, in words for a person. */
export const leafFault = (schema: z.core.$ZodType, input: unknown): unknown => {
  const result = z.safeParse(schema, input);
  if (result.success) return result.data;
  const issue = result.error.issues[0]!;
  const found = shown(input);
  switch (issue.code) {
    case 'custom': {
      const { code, fix } = issue.params ?? {};
      const told: unknown = { fault: code, message: issue.message, fix };
      return isFault(told) ? told : fault('E-TYPE', issue.message, 'write another value');
    }
    case 'too_small':
    case 'too_big':
      return typeof input === 'string'
        ? fault('E-RANGE', `the text has ${input.length} characters`, lengthWanted(schema))
        : fault(codeOf(schema), `${found} is out of range`, rangeWanted(schema));
    case 'invalid_value': {
      const words = issue.values.map(String);
      const meant = typeof input === 'string' ? nearest(input, words) : undefined;
      const isQuoted = typeof input === 'string' && !issue.values.includes(input) && words.includes(input);
      const fix = isQuoted
        ? `write \`${input}\`, without quotes`
        : meant === undefined
          ? `write ${oneOf(words)}`
          : `did you mean \`${meant}\`?`;
      return fault(typeof input === 'number' ? 'E-RANGE' : 'E-TYPE', `${found} is not ${oneOf(words)}`, fix);
    }
    default:
      return fault('E-TYPE', `${found} is not ${kindOf(schema)}`, fixOf(schema, input));
  }
};

const codeOf = (schema: z.core.$ZodType) => rangeCodes.get(schema)?.code ?? 'E-RANGE';

const oneOf = (words: readonly string[]): string =>
  words.length === 1 ? words[0]! : `one of ${words.join(', ')}`;

const rangeWanted = (schema: z.core.$ZodType): string =>
  schema instanceof z.ZodNumber
    ? `write a number from ${schema.minValue} to ${schema.maxValue}`
    : 'write another number';

const lengthWanted = (schema: z.core.$ZodType): string =>
  schema instanceof z.ZodString
    ? `write ${schema.minLength} to ${schema.maxLength} characters`
    : 'write another text';

const kindOf = (schema: z.core.$ZodType): string => {
  if (schema instanceof z.ZodBoolean) return 'true or false';
  if (schema instanceof z.ZodNumber) return schema.format === 'safeint' ? 'a whole number' : 'a number';
  return 'a text';
};

const fixOf = (schema: z.core.$ZodType, input: unknown): string => {
  if (schema instanceof z.ZodBoolean) {
    const isYes = typeof input === 'string' && /^(yes|on|y|true|1)$/i.test(input);
    const isNo = typeof input === 'string' && /^(no|off|n|false|0)$/i.test(input);
    const quotes = input === 'true' || input === 'false' ? ', without quotes' : '';
    return isYes ? `write \`true\`${quotes}` : isNo ? `write \`false\`${quotes}` : 'write `true` or `false`';
  }
  if (schema instanceof z.ZodNumber) {
    const isQuoted = typeof input === 'string' && /^\d+(\.\d+)?$/.test(input);
    return isQuoted && z.safeParse(schema, Number(input)).success
      ? `write \`${input}\`, without quotes`
      : `${rangeWanted(schema)}${isQuoted ? ', without quotes' : ''}`;
  }
  return 'put it in quotes';
};

/** A text that YAML would read as another value is in quotes in the file, so it is here, too. */
const shown = (input: unknown): string => {
  const text = String(input).slice(0, 40);
  return typeof input === 'string' && /^(true|false|\d+(\.\d+)?)$/.test(text)
    ? `\`"${text}"\``
    : `\`${text}\``;
};
