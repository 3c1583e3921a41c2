import type { Lab } from '../../lab/lab.js';
import type { KnownWords } from '../../text/match.js';

/** What can be matched in a lab: the names it has. */
export const wordsOf = ({ routers }: Lab): KnownWords => ({
  interface: [...routers.values()].flatMap(({ interfaces }) => interfaces.map(({ name }) => name)),
});
