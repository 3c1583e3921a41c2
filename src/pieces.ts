/** What something that is done piece by piece gives, done at once. */
export const finished = <Result>(pieces: Generator<unknown, Result>): Result => {
  for (let next = pieces.next(); ; next = pieces.next()) if (next.done === true) return next.value;
};

/** The same with a turn after each piece. */
export const finishedInTurns = async <Result>(
  pieces: Generator<unknown, Result>,
  turn: () => Promise<void>,
): Promise<Result> => {
  for (let next = pieces.next(); ; next = pieces.next()) {
    if (next.done === true) return next.value;
    await turn();
  }
};
