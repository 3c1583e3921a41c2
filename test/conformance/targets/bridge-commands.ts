import type { Setup } from '../case.js';
import { type IgmpWords, igmpSettings } from '../igmp/settings-words.js';
import { NotApplicable } from '../target.js';
import { addressesOf, mtuOf, PORTS } from '../topology.js';

export const bridgeOf = (port: number): string => `br${port}`;
export const tapOf = (port: number): string => `p${port}`;

/** What makes four bridges, each with its TAP device as a port that is still down: of `ip`, and then of `bridge`. */
export const commandsOf = ({
  topology,
  igmpOn,
  intervalsFollow,
}: Setup): { readonly ip: string[]; readonly bridge: string[] } => {
  const ip: string[] = [];
  const bridge: string[] = [];
  for (const port of PORTS) {
    const [device, tap] = [bridgeOf(port), tapOf(port)];
    const words = igmpOn?.[port];
    ip.push(
      `link add ${device} type bridge ${words === undefined ? SILENT : optionsOf(words, intervalsFollow)}`,
      `link set ${device} address 02:00:00:00:00:0${port}`,
      `link set ${tap} mtu ${mtuOf(topology, port)} master ${device}`,
      `link set ${device} mtu ${mtuOf(topology, port)} up`,
      ...addressesOf(topology, port).map((address) => `addr add ${address} dev ${device}`),
    );
    if (words?.['fast-leave'] === 'always') ip.push(`link set ${tap} type bridge_slave fastleave on`);
    for (const { group, source } of words?.['static-groups'] ?? [])
      bridge.push(
        `mdb add dev ${device} port ${tap} grp ${group}${source === undefined ? '' : ` src ${source}`} permanent`,
      );
  }
  return { ip, bridge };
};

const SILENT = 'mcast_snooping 0 mcast_querier 0';

/**
 * The options of a bridge whose querier is as the words say; throws `NotApplicable` where it has none for a word.
 *
 * A bridge has a setting for each of the intervals that follow from others by RFC 9776, and does not work them out. They
 * are set as they follow, so that a case shows more than that; `isDefault` leaves them alone.
 */
export const optionsOf = (words: IgmpWords, isDefault = false): string => {
  refuseUnknown(words);
  const { version, queryInterval, queryResponseInterval, ...settings } = igmpSettings(words);
  const derived: Record<string, number> = isDefault
    ? {}
    : {
        startup_query_interval: queryInterval / 4,
        membership_interval: 2 * queryInterval + 2 * queryResponseInterval,
        querier_interval: 2 * queryInterval + queryResponseInterval / 2,
      };
  const intervals: Record<string, number> = {
    ...derived,
    query_interval: queryInterval,
    query_response_interval: queryResponseInterval,
    last_member_interval: settings.lastMemberQueryInterval,
    ...(settings.startupQueryInterval === undefined
      ? {}
      : { startup_query_interval: settings.startupQueryInterval }),
  };
  const numbers: Record<string, number | undefined> = {
    snooping: 1,
    querier: 1,
    query_use_ifaddr: 1,
    igmp_version: version,
    last_member_count: settings.lastMemberQueryCount,
    startup_query_count: settings.startupQueryCount,
    // In hundredths of a second.
    ...Object.fromEntries(Object.entries(intervals).map(([name, time]) => [name, Math.round(time / 10)])),
  };
  return Object.entries(numbers)
    .flatMap(([name, value]) => (value === undefined ? [] : [`mcast_${name} ${value}`]))
    .join(' ');
};

const refuseUnknown = (words: IgmpWords): void => {
  const { version, robustness = 2 } = words;
  if (version === 1) throw new NotApplicable('the bridge has no version 1');
  if (robustness !== 2) throw new NotApplicable('the bridge has no robustness but 2');
  if (words['fast-leave'] === 'tracked')
    throw new NotApplicable('the bridge has no fast leave that follows the reporters');
  if ((words['require-router-alert'] ?? false) !== false)
    throw new NotApplicable('the bridge has no switch that asks for Router Alert');
  if (words['join-groups'] !== undefined)
    throw new NotApplicable('the bridge has no groups that its querier joins itself');
  if (words['max-groups'] !== undefined)
    throw new NotApplicable('the bridge has no limit of groups alone: it counts them together with sources');
  if (words['max-sources'] !== undefined)
    throw new NotApplicable('the bridge has no setting for sources of a group: there are 32 at most');
  const unknown = Object.keys(words).filter((word) => !KNOWN.has(word));
  if (unknown.length > 0) throw new NotApplicable(`the bridge has no setting for ${unknown.join(' and ')}`);
};

const KNOWN = new Set([
  'version', 'robustness', 'query-interval', 'query-response-interval', 'last-member-query-interval',
  'last-member-query-count', 'startup-query-interval', 'startup-query-count', 'fast-leave', 'require-router-alert',
  'static-groups',
]); // biome-ignore format: a list
