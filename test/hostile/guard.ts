/**
 * Octets that throw where anybody reads or writes outside of them.
 *
 * A plain `Uint8Array` says `undefined` there, which arithmetic turns into 0 without a word. What is cut out of
 * guarded octets by `subarray` or `slice` is guarded, too.
 */
export const guarded = (octets: Uint8Array): Uint8Array => {
  const proxy = new Proxy(octets, HANDLER);
  PLAIN.set(proxy, octets);
  return proxy;
};

/** The octets behind a guard; what is not guarded stays what it is. */
export const plain = (octets: Uint8Array): Uint8Array => PLAIN.get(octets) ?? octets;

const PLAIN = new WeakMap<Uint8Array, Uint8Array>();

const isIndex = (key: string | symbol): key is string => typeof key === 'string' && /^-?\d+$/.test(key);

const check = (octets: Uint8Array, key: string): void => {
  if (Number(key) < 0 || Number(key) >= octets.length)
    throw new RangeError(`octet ${key} of ${octets.length} was asked for`);
};

const HANDLER: ProxyHandler<Uint8Array> = {
  get: (octets, key) => {
    if (isIndex(key)) check(octets, key);
    if (key === 'subarray' || key === 'slice')
      return (...range: [number?, number?]) => guarded(octets[key](...range));
    const value: unknown = Reflect.get(octets, key, octets);
    return typeof value === 'function' ? value.bind(octets) : value;
  },
  set: (octets, key, value) => {
    if (isIndex(key)) check(octets, key);
    return Reflect.set(octets, key, value, octets);
  },
};

// Names are decoded from the octets themselves, which only the engine's own arrays are for.
const { decode } = TextDecoder.prototype;
TextDecoder.prototype.decode = function (this: InstanceType<typeof TextDecoder>, input, options) {
  return decode.call(this, input instanceof Uint8Array ? plain(input) : input, options);
};
