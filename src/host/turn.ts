/** Lets the event loop have its turn, so that signals are heard in the middle of long work. */
export const turnOfLoop = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
