/**
 * Numbers up to 31,744 in one octet: 0 to 127 as they are, larger ones as a float of 3 and 4 bits.
 *
 * A code of 128 and more is `1 eee mmmm` and stands for (mmmm | 0x10) << (eee + 3). Max Resp Code counts
 * tenths of a second with it, QQIC seconds.
 *
 * Source: RFC 9776 §4.1.1, §4.1.7.
 */
export const LARGEST_CODED_VALUE = 31_744;

/** The code of the greatest number not above `value`; the last code for anything larger than that. */
export const encodeFloat = (value: number): number => {
  const whole = Math.floor(value);
  if (whole < 128) return Math.max(whole, 0);
  if (whole >= LARGEST_CODED_VALUE) return 0xff;
  // The mantissa's hidden bit is the highest bit of the number, at position eee + 7.
  const exponent = 24 - Math.clz32(whole);
  return 0x80 | (exponent << 4) | ((whole >>> (exponent + 3)) & 15);
};

export const decodeFloat = (code: number): number =>
  code < 128 ? code : ((code & 15) | 0x10) << (((code >>> 4) & 7) + 3);
