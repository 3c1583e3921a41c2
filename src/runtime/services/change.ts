import { parseChange } from '../../change/change.js';
import type { ChangeResult } from '../../control/change.js';
import { performChange } from '../../lab/change/perform.js';
import type { LabLoop } from '../../lab/loop.js';
import { accepted } from '../../text/fault.js';

/** Changes a running lab as the words say; throws a `Failure` if they mean nothing (2) or the lab refuses (7). */
export const change = (loop: LabLoop, words: readonly string[]): ChangeResult => {
  const wanted = accepted(parseChange(words));
  return loop.perform((now) => {
    const result = performChange(loop.lab, wanted, now);
    const { observer } = loop.lab;
    if (!TELL_THEMSELVES.has(words[0] ?? '') && observer.wants('config'))
      observer.notify({ type: 'config', time: now, event: 'applied', message: words.join(' ') });
    return result;
  });
};

/** Changes that are events of their own: of routes, of links, and the queries and memberships of IGMP. */
const TELL_THEMSELVES: ReadonlySet<string> = new Set(['route', 'link', 'igmp']);
