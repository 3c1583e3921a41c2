/** A function for each style; without color support they return the text unchanged. Source: ECMA-48 §8.3.117. */
export const colors = (isColorSupported: boolean) => {
  const style =
    (begin: number, end: number) =>
    (text: string): string =>
      isColorSupported ? `\u001b[${begin}m${text}\u001b[${end}m` : text;
  return {
    isColorSupported,
    bold: style(1, 22),
    dim: style(2, 22),
    cyan: style(36, 39),
    red: style(31, 39),
    green: style(32, 39),
    yellow: style(33, 39),
  };
};

export type Colors = ReturnType<typeof colors>;
