import { z } from 'zod';
import { fileSchema } from './schema.js';

/** The JSON Schema (draft 2020-12) of the configuration file, for validation and completion in editors. */
export const jsonSchema = (): object => z.toJSONSchema(fileSchema, { io: 'input', target: 'draft-2020-12' });
