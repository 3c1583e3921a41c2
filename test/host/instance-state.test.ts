import { describe, expect, it } from 'vitest';
import { type HostObject, parseState } from '../../src/host/instance-state.js';
import { state } from './state.js';

const OBJECTS: readonly HostObject[] = [
  { kind: 'namespace', name: 'alice', created: true, identity: '4026532000@1' },
  {
    kind: 'device',
    name: 'tp-alice-red',
    namespace: 'alice',
    host: 'alice',
    link: 'red',
    persistent: false,
    created: true,
    index: 7,
    addresses: ['198.51.100.10/24'],
    routes: [],
  },
];

const whole = state({ objects: [...OBJECTS] });
const read = (value: object): unknown => parseState(JSON.stringify(value));

describe('the state of an instance', () => {
  it('is read as it was written', () => {
    expect(read(whole)).toEqual(whole);
    expect(read({ ...whole, file: null })).toEqual({ ...whole, file: null });
  });

  it.each(Object.keys(whole))('is none without its %s, or with another kind of it', (name) => {
    expect(read({ ...whole, [name]: undefined })).toBeUndefined();
    expect(read({ ...whole, [name]: { strange: true } })).toBeUndefined();
  });

  it.each(OBJECTS.flatMap((object) => Object.keys(object).map((name) => [object.kind, name] as const)))(
    'is none where a %s has no %s, or another kind of it',
    (kind, name) => {
      const [object] = OBJECTS.filter((each) => each.kind === kind);
      expect(read({ ...whole, objects: [{ ...object, [name]: undefined }] })).toBeUndefined();
      expect(read({ ...whole, objects: [{ ...object, [name]: { strange: true } }] })).toBeUndefined();
    },
  );

  it.each([0, -1, 1.5])('is none of process %d', (pid) => {
    expect(read({ ...whole, pid })).toBeUndefined();
  });
});
