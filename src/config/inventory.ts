import type { Configuration } from './configuration.js';

/** What a configuration has, in words: `2 routers, 3 links, 2 hosts`. */
export const inventoryOf = ({ routers, links, hosts }: Configuration): string =>
  [count(routers.size, 'router'), count(links.size, 'link'), count(hosts.size, 'host')].join(', ');

const count = (number: number, thing: string): string => `${number} ${thing}${number === 1 ? '' : 's'}`;
