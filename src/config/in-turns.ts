/** What something that is done piece by piece gives, with a turn of the event loop after each piece. */
export const finishedInTurns = async <Result>(
  pieces: Generator<unknown, Result>,
  turn: () => Promise<void>,
): Promise<Result> => {
  for (let next = pieces.next(); ; next = pieces.next()) {
    if (next.done === true) return next.value;
    await turn();
  }
};
