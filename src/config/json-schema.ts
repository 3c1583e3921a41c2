import { z } from 'zod';
import { fileSchema } from './schema.js';

/** The configuration file as JSON Schema, draft 2020-12: what editors check and complete by. */
export const jsonSchema = (): object => z.toJSONSchema(fileSchema, { io: 'input', target: 'draft-2020-12' });
