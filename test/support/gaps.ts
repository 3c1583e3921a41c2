/** The numbers of those requests of ping that were not answered, between the first answer and the last. */
export const gapsIn = (printed: string): number[] => {
  const answered = [...printed.matchAll(/bytes from .*icmp_seq=(\d+) /g)].map(([, number]) => Number(number));
  const [first = 0] = answered;
  return Array.from({ length: (answered.at(-1) ?? 0) - first }, (_, at) => first + at).filter(
    (number) => !answered.includes(number),
  );
};
