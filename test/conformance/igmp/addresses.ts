import { REMOTE } from '../topology.js';

/** The router's own address on each port: in the middle, so that there are lower ones and higher ones. */
export const ROUTER = ['10.0.1.100', '10.0.2.100', '10.0.3.100', '10.0.4.100'] as const;
/** Another router on each port, which wins an election, and one that loses it. */
export const LOWER = ['10.0.1.5', '10.0.2.5', '10.0.3.5', '10.0.4.5'] as const;
export const HIGHER = ['10.0.1.250', '10.0.2.250', '10.0.3.250', '10.0.4.250'] as const;

/** Two groups that anybody may send to, and one that is source-specific. */
export const G = '239.1.1.1';
export const G2 = '239.1.1.2';
export const SSM = '232.1.1.1';

/** Sources behind the gateway of port 3. */
export const [S1, S2, S3, S4] = ['10.13.0.1', '10.13.0.2', '10.13.0.3', '10.13.0.4'] as const;
/** A source that stands on the link of each port: what it sends comes in by that port. */
export const LOCAL_SOURCE = ['10.0.1.30', '10.0.2.30', '10.0.3.30', '10.0.4.30'] as const;
/** A source behind the gateway of each port. */
export const SOURCE_BEHIND = REMOTE;
