import type { Address } from '../../../src/address.js';
import type { MessageSender } from '../../../src/igmp/write.js';

/** Who sends IGMP as hosts and routers do, with the Router Alert option. */
export const senderAt = (address: Address): MessageSender => ({ address, hasRouterAlert: true });
