/**
 * What a running lab can be asked to show, and what that is, for a person.
 *
 * The shapes of the answers are those of the reference page on JSON output.
 */
export const SHOWN = {
  status: 'the lab itself: name, process, how long it runs',
  interfaces: 'the routers’ interfaces and what went through them',
  routes: 'the routes of every router',
  neighbors: 'who owns which address on which link',
  icmp: 'ICMP messages sent, received and held back',
  igmp: 'IGMP on each interface: who asks, and when',
  groups: 'the groups that hosts have joined, by interface',
  mroutes: 'where multicast goes, and what keeps it from elsewhere',
  drops: 'datagrams that went no further, and why',
  changes: 'what was changed on this machine',
  config: 'the configuration in effect',
} as const;

export type ShowWhat = keyof typeof SHOWN;

export const isShowWhat = (word: unknown): word is ShowWhat =>
  typeof word === 'string' && Object.hasOwn(SHOWN, word);
