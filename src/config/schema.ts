import { z } from 'zod';
import type { Key, Part, Word } from '../key.js';
import { describeValue } from './describe-section.js';
import { FILE_KEYS } from './keys/file.js';
import { KINDS, within } from './kinds.js';

/** The schema of one entry of the file. */
const entrySchema = (key: Key): z.ZodType => {
  const schema = valueSchema(key);
  const { description } = key;
  const preset = 'default' in key && key.default !== undefined ? describeValue(key, key.default) : undefined;
  const meaning = { description, default: preset };
  return key.isRequired ? schema.meta(meaning) : schema.optional().meta(meaning);
};

const valueSchema = (key: Key): z.ZodType => {
  switch (key.kind) {
    case 'section':
      return key.short === undefined ? sectionSchema(key) : shortSchema(key, key.short);
    case 'named':
      return z.record(
        KINDS.name.schema({}).meta({ description: key.names }),
        described(sectionSchema(key.of), key.of),
      );
    case 'list':
      return within(z.array(itemSchema(key.of)), key.range);
    case 'one-or-more':
      return z.union([itemSchema(key.of), within(z.array(itemSchema(key.of)), key.range)]);
    case 'choice':
      return choiceSchema(key.words);
    default:
      return KINDS[key.kind].schema(key);
  }
};

const sectionSchema = ({ keys }: Part): z.ZodObject =>
  z.strictObject(Object.fromEntries(Object.entries(keys).map(([name, key]) => [name, entrySchema(key)])));

/** The section, or the value of its key `short` alone. */
const shortSchema = (key: Part, short: string): z.ZodType =>
  z.union([itemSchema(key.keys[short]!).transform((value) => ({ [short]: value })), sectionSchema(key)]);

const itemSchema = (item: Key): z.ZodType => described(valueSchema(item), item);

const described = (schema: z.ZodType, { description }: Key): z.ZodType =>
  description === '' ? schema : schema.describe(description);

/** Editors and messages distinguish `1` from `"1"`. */
const choiceSchema = (words: readonly Word[]): z.ZodType => z.literal([...words]);

/** The schema of the whole configuration file: what is read, and what editors are told. */
export const fileSchema = sectionSchema({ kind: 'section', description: '', keys: FILE_KEYS }).meta({
  title: 'Tunpike lab',
  description: 'Hosts and routers, connected by links',
});
