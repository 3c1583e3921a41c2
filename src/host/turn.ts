/** Lets the event loop have its turn, so that in the middle of long work datagrams go on and signals are heard. */
export const turnOfLoop = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
