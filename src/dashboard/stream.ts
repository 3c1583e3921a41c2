import { asked, Refused, TokenWanted } from './ask.js';

/** An event as `monitor -j` prints it. */
export interface StreamedEvent {
  readonly time: string;
  readonly type: string;
  readonly [field: string]: string | number | null;
}

export interface Listener {
  readonly event: (event: StreamedEvent) => void;
  /** What to tell of the stream itself: '' while it runs. */
  readonly state: (text: string) => void;
}

/** In milliseconds. */
const TRY_AGAIN = 3000;

/**
 * Follows events until `signal` is aborted, and begins again where the stream ends.
 *
 * Not an `EventSource`, which cannot send a token. Source: WHATWG HTML §9.2.6.
 */
export const follow = async (
  types: readonly string[],
  { event, state }: Listener,
  signal: AbortSignal,
): Promise<void> => {
  while (!signal.aborted) {
    try {
      const response = await asked(`/events?type=${types.join(',')}`, signal);
      state('');
      for await (const data of dataOf(response)) event(JSON.parse(data));
      state('the stream has ended; trying again');
    } catch (error) {
      if (signal.aborted) return;
      state(error instanceof Refused ? error.message : 'no answer; trying again');
      if (error instanceof TokenWanted) return;
    }
    await new Promise((resolve) => setTimeout(resolve, TRY_AGAIN));
  }
};

async function* dataOf({ body }: Response): AsyncGenerator<string> {
  if (body === null) return;
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const lines = (rest + value).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line.startsWith('data: ')) yield line.slice('data: '.length);
  }
}
