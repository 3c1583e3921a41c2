import type { Event } from '../../../../src/event.js';
import * as ipv4 from '../../../../src/ip/header.js';
import { START } from '../../../../src/time.js';
import { ip } from '../../../support/datagram.js';
import { type Case, kase, proof, type Row, row } from '../../case.js';
import { configurationOf } from '../../configuration.js';
import { forwarded } from '../../expectation.js';
import type { SettingsChange } from '../../settings-change.js';
import { VirtualRouter } from '../../targets/virtual-router.js';
import { DUT, GATEWAY, type PortNumber, REMOTE, ROUTER } from '../../topology.js';
import { echoReply } from '../expects.js';
import { echoRequest, transit } from '../sends.js';

/** A way to everywhere, so that nothing is kept from being forwarded or answered for want of a route. */
const EVERYWHERE = { routes: [{ to: '0.0.0.0/0', via: [GATEWAY[0]] }] };

/** A source that is not believed: not forwarded, and no error is sent to it either. */
const notBelieved = (source: string, on: PortNumber = 0): Case[] => [
  kase(`${source} is not forwarded`, {
    topology: EVERYWHERE,
    send: transit({ source }),
    on,
    drop: 'martian-source',
  }),
  kase(`${source} with TTL 1 is not answered`, {
    topology: EVERYWHERE,
    send: transit({ source, ttl: 1 }),
    on,
    drop: 'martian-source',
  }),
];

/** A port with a link-local subnet beside its own. */
const LINK_LOCAL = { addresses: { 0: ['10.0.1.1/24', '169.254.10.1/16'] } };

const notRouted = (destination: string): Case =>
  kase(destination, {
    topology: EVERYWHERE,
    send: transit({ destination }),
    on: 0,
    drop: 'martian-destination',
  });

const passes = (title: string, source: string, settings: SettingsChange): Case =>
  kase(title, {
    settings,
    topology: EVERYWHERE,
    send: transit({ source }),
    on: 0,
    expect: [forwarded({ on: 1 })],
  });

/** What a drop of a martian tells whoever listens. */
const reportFault = (): string | undefined => {
  const events: { source: number; destination: number; interface: string | null }[] = [];
  const notify = (event: Event): void => {
    if (event.type !== 'drop' || event.reason !== 'martian-source') return;
    const { datagram } = event;
    events.push({
      source: ipv4.source(datagram),
      destination: ipv4.destination(datagram),
      interface: event.interface,
    });
  };
  const virtual = new VirtualRouter(configurationOf(), {
    observer: { wants: (type) => type === 'drop', notify },
  });
  virtual.host(2).send(transit({ source: '127.0.0.1' }));
  const [event] = events;
  if (event === undefined) return 'no event';
  if (event.source !== ip('127.0.0.1') || event.destination !== ip(REMOTE[1]))
    return 'not the datagram as it came';
  if (event.interface !== `${DUT}.p2`) return `said to have come in by ${event.interface}`;
  const counted = virtual.router.interfaces[2]!.drops.get('martian-source');
  return counted?.packets === 1 && counted.lastSeen === START ? undefined : 'not counted where it came in';
};

export const martians: readonly Row[] = [
  row(
    'MA1',
    'MUST',
    'RFC 1812 §5.3.7, §4.3.2.7',
    'the source 0.0.0.0 is not forwarded and not answered',
    notBelieved('0.0.0.0'),
  ),
  row(
    'MA2',
    'SHOULD',
    'RFC 1812 §5.3.7',
    'a source in 0/8 is not forwarded and not answered',
    notBelieved('0.1.2.3'),
  ),
  row(
    'MA3',
    'SHOULD',
    'RFC 1812 §5.3.7',
    'a source in 127/8 is not forwarded and not answered',
    notBelieved('127.0.0.1'),
  ),
  row(
    'MA4',
    'SHOULD',
    'RFC 1812 §5.3.7, §4.2.2.11',
    'a group as a source is not forwarded and not answered',
    notBelieved('224.1.1.1'),
  ),
  row(
    'MA5',
    'SHOULD',
    'RFC 1812 §5.3.7, RFC 1122 §3.2.2',
    'a source in 240/4 is not forwarded unless the settings allow it',
    [
      ...notBelieved('240.0.0.1'),
      passes('240.0.0.1 with class-e on is forwarded', '240.0.0.1', { ip: { 'class-e': true } }),
    ],
  ),
  row(
    'MA6',
    'SHOULD',
    'RFC 1812 §4.2.2.11 (c)',
    'the source 255.255.255.255 is not forwarded and not answered',
    [
      ...notBelieved('255.255.255.255'),
      kase('not with class-e on either', {
        settings: { ip: { 'class-e': true } },
        send: transit({ source: '255.255.255.255' }),
        on: 0,
        drop: 'martian-source',
      }),
    ],
  ),
  row(
    'MA7',
    'MUST',
    'RFC 1812 §5.3.7',
    'the broadcast address of the ingress network is no source',
    notBelieved('10.0.1.255'),
  ),
  row(
    'MA8',
    'MUST',
    'RFC 1812 §5.3.7',
    'the broadcast address of another attached network is no source',
    notBelieved('10.0.2.255'),
  ),
  row(
    'MA9',
    'SHOULD',
    'RFC 1812 §4.2.3.1',
    'the old broadcast address of an attached network, {net, 0}, is no source',
    [...notBelieved('10.0.1.0'), ...notBelieved('10.0.2.0')],
  ),
  row('MA10', 'SHOULD', 'RFC 1812 §4.2.2.11', 'what comes in from an address of our own is not believed', [
    ...notBelieved(ROUTER[0]),
    ...notBelieved(ROUTER[2]),
    kase("an echo request from another port's address is not answered", {
      send: echoRequest({ source: ROUTER[1] }),
      on: 0,
      drop: 'martian-source',
    }),
  ]),
  row('MA11', '—', 'RFC 3927 §7', 'a link-local source leaves its link only where the settings allow it', [
    ...notBelieved('169.254.1.2'),
    passes('169.254.1.2 with link-local on is forwarded', '169.254.1.2', { ip: { 'link-local': true } }),
    kase('169.254.1.2 is answered by a neighbor on 169.254.0.0/16', {
      topology: LINK_LOCAL,
      send: echoRequest({ source: '169.254.1.2', destination: '169.254.10.1' }),
      on: 0,
      expect: [echoReply({ on: 0 })],
    }),
    kase('169.254.1.2 is not forwarded by that neighbor either', {
      topology: LINK_LOCAL,
      send: transit({ source: '169.254.1.2' }),
      on: 0,
      drop: 'martian-source',
    }),
    kase('240.0.0.1 is not believed on 240.0.0.0/24 either', {
      topology: { addresses: { 0: ['10.0.1.1/24', '240.0.0.9/24'] } },
      send: echoRequest({ source: '240.0.0.1' }),
      on: 0,
      drop: 'martian-source',
    }),
  ]),
  row(
    'MA12',
    'SHOULD',
    'RFC 1812 §5.3.7, §4.2.3.1 (2)',
    'a destination in 0/8 is not routed, without a word',
    [notRouted('0.0.0.0'), notRouted('0.1.2.3')],
  ),
  row(
    'MA13',
    'SHOULD',
    'RFC 1812 §5.3.7, §4.2.2.11 (e)',
    'a destination in 127/8 is not routed, without a word',
    [notRouted('127.0.0.1'), notRouted('127.255.255.254')],
  ),
  row(
    'MA14',
    'SHOULD',
    'RFC 1812 §5.3.7',
    'a destination in 240/4 is not routed unless the settings allow it',
    [
      notRouted('240.0.0.1'),
      kase('240.0.0.1 with class-e on is routed', {
        settings: { ip: { 'class-e': true } },
        topology: { routes: [{ to: '0.0.0.0/0', via: [GATEWAY[1]] }] },
        send: transit({ destination: '240.0.0.1' }),
        on: 0,
        expect: [forwarded({ on: 1 })],
      }),
    ],
  ),
  row('MA15', '—', 'RFC 3927 §7', 'a link-local destination is routed only where the settings allow it', [
    notRouted('169.254.1.2'),
    kase('169.254.1.2 with link-local on goes by its route', {
      settings: { ip: { 'link-local': true } },
      topology: { routes: [{ to: '169.254.0.0/16', via: [GATEWAY[1]] }] },
      send: transit({ destination: '169.254.1.2' }),
      on: 0,
      expect: [forwarded({ on: 1 })],
    }),
  ]),
  row(
    'MA16',
    '—',
    'RFC 1812 §5.3.7',
    'the same source and destination is no fault in transit, but is from us to us',
    [
      kase('a remote host to itself is forwarded', {
        send: transit({ source: REMOTE[1], destination: REMOTE[1] }),
        on: 0,
        expect: [forwarded({ on: 1 })],
      }),
      kase('an echo request from the router to itself is dropped', {
        send: echoRequest({ source: ROUTER[0], destination: ROUTER[0] }),
        on: 0,
        drop: 'martian-source',
      }),
    ],
  ),
  row('MA19', 'SHOULD', 'RFC 1812 §5.3.7', 'a dropped martian is told with source, destination and ingress', [
    proof('the drop event holds the datagram and names the port, which counts it', reportFault),
  ]),
];
