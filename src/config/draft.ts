import type { z } from 'zod';
import type { Prefix } from '../address.js';
import type { InterfaceAddress } from '../interface.js';
import type { FileSchema } from './schema.js';

type Leaf = string | number | boolean | undefined | InterfaceAddress | Prefix;

/**
 * A file as far as it could be read.
 *
 * Undefined is what is missing, and also what is wrong: the report knows which. Records are maps, because
 * an object would put the names that look like numbers first.
 */
export type Draft<T> = T extends Leaf
  ? T
  : T extends readonly (infer Item)[]
    ? readonly (Draft<Item> | undefined)[]
    : string extends keyof T
      ? ReadonlyMap<string, Draft<T[keyof T]> | undefined>
      : { readonly [Key in keyof T]?: Draft<T[Key]> | undefined };

/** A file in which nothing is wrong. */
export type Checked<T> = T extends Leaf
  ? T
  : T extends readonly (infer Item)[]
    ? readonly Checked<Item>[]
    : string extends keyof T
      ? ReadonlyMap<string, Checked<T[keyof T]>>
      : { readonly [Key in keyof T]: Checked<T[Key]> };

export type FileDraft = Draft<z.output<FileSchema>>;
export type CheckedFile = Checked<z.output<FileSchema>>;

export type DraftOf<Collection extends 'links' | 'hosts' | 'routers'> =
  NonNullable<FileDraft[Collection]> extends ReadonlyMap<string, infer Value> ? NonNullable<Value> : never;
export type CheckedOf<Collection extends 'links' | 'hosts' | 'routers'> =
  NonNullable<CheckedFile[Collection]> extends ReadonlyMap<string, infer Value> ? Value : never;
