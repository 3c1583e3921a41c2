import type { Address } from '../address.js';
import type { RouteSocket } from './descriptor.js';
import { attributesOf, LITTLE, messagesOf, question } from './netlink.js';

const NEW_ROUTE = 24;
const GET_ROUTE = 26;
const AF_INET = 2;
const UNICAST = 1;
const ROUTE_LENGTH = 12; // struct rtmsg
/** Of the type of service, what every kernel accepts in a question. Source: linux/in_route.h, IPTOS_RT_MASK. */
const TOS_BITS = 0x1c;
/** Where the values stand in a question: the type of service, the first attribute, and how far it is to the next. */
const [TOS, FIRST, NEXT] = [19, 32, 8];

/** What a datagram says beside its destination, and the index of the device that it came out of. */
export interface Asked {
  readonly source: Address;
  readonly tos: number;
  readonly index: number;
}

/**
 * Asks a kernel for the next hop that it has chosen for a datagram, as `ip route get` does.
 *
 * A kernel's choice depends on things that a datagram does not show, such as the device that its program is bound to.
 * So the question is put in four ways, and the first answer counts that leads out of the device on which the datagram
 * was seen: from its source, then from there by that device; and the same without the source, which the kernel refuses
 * to speak for where it is not its own, as with a datagram that was forwarded.
 *
 * Source: rtnetlink(7), RTM_GETROUTE.
 */
export class RouteQuestions {
  readonly #socket: RouteSocket;
  readonly #answer = new Uint8Array(1024);
  readonly #ways = [
    { hasSource: true, hasDevice: false },
    { hasSource: true, hasDevice: true },
    { hasSource: false, hasDevice: false },
    { hasSource: false, hasDevice: true },
  ].map((way) => ({ ...way, ...emptyQuestion(way) }));

  constructor(socket: RouteSocket) {
    this.#socket = socket;
  }

  /** Undefined where the routes name none, or there is none to the destination. */
  nextHopTo(destination: Address, { source, tos, index }: Asked): Address | undefined {
    for (const { octets, view, hasSource, hasDevice } of this.#ways) {
      octets[TOS] = tos & TOS_BITS;
      view.setUint32(FIRST, destination);
      if (hasSource) view.setUint32(FIRST + NEXT, source);
      if (hasDevice) view.setUint32(FIRST + (hasSource ? 2 : 1) * NEXT, index, LITTLE);
      const length = this.#socket.ask(octets, this.#answer);
      const answer = length > 0 ? answerIn(this.#answer.subarray(0, length)) : undefined;
      if (answer?.index === index) return answer.via;
    }
    return undefined;
  }
}

/** A question without its values. */
function emptyQuestion({ hasSource, hasDevice }: { hasSource: boolean; hasDevice: boolean }) {
  const rtmsg = new Uint8Array(ROUTE_LENGTH);
  rtmsg.set([AF_INET, 32, hasSource ? 32 : 0]);
  const octets = question(GET_ROUTE, rtmsg, [
    [1, 0],
    ...(hasSource ? [[2, 0] as const] : []),
    ...(hasDevice ? [[4, 0] as const] : []),
  ]);
  return { octets, view: new DataView(octets.buffer) };
}

/** The device that a route leads out of, and its next hop; undefined where there is no such route. */
function answerIn(octets: Uint8Array): { index: number | undefined; via: Address | undefined } | undefined {
  const [message] = messagesOf(octets);
  if (message?.type !== NEW_ROUTE || message.payload.byteLength < ROUTE_LENGTH) return undefined;
  if (message.payload.getUint8(7) !== UNICAST) return undefined;
  const attributes = attributesOf(message.payload, ROUTE_LENGTH);
  const via = attributes.get(5);
  return {
    index: attributes.get(4)?.getUint32(0, LITTLE),
    via: via?.byteLength === 4 ? via.getUint32(0) : undefined,
  };
}
