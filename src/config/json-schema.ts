import { z } from 'zod';
import { FILE_KEYS } from './keys/file.js';
import { availableKeys, NOT_YET, type NotYet } from './not-yet.js';
import { schemaOfFile } from './schema.js';

/** The JSON Schema (draft 2020-12) of the configuration file, for validation and completion in editors. */
export const jsonSchema = (notYet: readonly NotYet[] = NOT_YET): object =>
  z.toJSONSchema(schemaOfFile(availableKeys(FILE_KEYS, notYet)), { io: 'input', target: 'draft-2020-12' });
