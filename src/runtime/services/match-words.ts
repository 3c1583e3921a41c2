import { RECEIVED_NAMES, SENT_MESSAGES, SUPPRESSIONS } from '../../icmp/message.js';
import { REFUSALS } from '../../igmp/refusal.js';
import type { QuerierWarning } from '../../igmp/warnings.js';
import type { Lab } from '../../lab/lab.js';
import type { KnownWords } from '../../observe/match.js';

const QUERIER_WARNINGS: readonly QuerierWarning[] = ['version-differs', 'stronger-querier'];

/** What can be matched in a lab: the names it has, and the words that the core uses. */
export const wordsOf = ({ routers, links }: Lab): KnownWords => ({
  router: [...routers.keys()],
  interface: [...routers.values()].flatMap(({ interfaces }) => interfaces.map(({ name }) => name)),
  link: [...links.keys()],
  message: [...new Set([...Object.keys(SENT_MESSAGES), ...Object.values(RECEIVED_NAMES)])],
  why: [...new Set([...SUPPRESSIONS, ...Object.keys(REFUSALS), ...QUERIER_WARNINGS])],
});
