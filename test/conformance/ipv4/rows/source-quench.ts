import { SENT_MESSAGES, SOURCE_QUENCH } from '../../../../src/icmp/message.js';
import { pattern } from '../../../support/datagram.js';
import { ANYTHING, inapplicable, kase, proof, type Row, row } from '../../case.js';
import { forwarded } from '../../expectation.js';
import { GATEWAY, HOST, REMOTE, ROUTER } from '../../topology.js';
import { echoReply } from '../expects.js';
import { echoRequest, icmpErrorAbout, transit } from '../sends.js';

const quench = icmpErrorAbout(transit({ source: ROUTER[1] }), SOURCE_QUENCH, 0);

export const sourceQuench: readonly Row[] = [
  row(
    'SQ1',
    'SHOULD',
    'RFC 1812 §4.3.3.3, RFC 6633 §5',
    'no congestion makes the router send a source quench',
    [
      kase('500 datagrams at once into the narrowest port', {
        send: Array.from({ length: 500 }, () => transit({ destination: REMOTE[3], payload: pattern(96) })),
        on: 0,
        expect: ANYTHING,
        judge: (outputs) => {
          const other = outputs.find(({ on }) => on !== 3);
          if (other !== undefined) return `something came out on port ${other.on}`;
          return outputs.length === 1000 ? undefined : `${outputs.length} fragments instead of 1000`;
        },
        notOnLinux: 'its queue may be shorter',
      }),
      proof('the messages that the router can send have none of that type', () =>
        Object.values(SENT_MESSAGES).some(([type]) => (type as number) === SOURCE_QUENCH)
          ? 'there is one'
          : undefined,
      ),
    ],
  ),
  inapplicable(
    'SQ2',
    'MUST',
    'RFC 1812 §4.3.2.8, §4.3.2.5',
    'a source quench that a switch allows is limited, and has the precedence of its cause',
    'there is no such switch: RFC 6633 takes the message out of use, and no host heeds it any more',
  ),
  row('SQ3', 'MUST', 'RFC 6633 §4, §8', 'a source quench for the router is ignored', [
    kase('it changes nothing in what is forwarded and answered', {
      steps: [
        {
          send: transit({ source: GATEWAY[1], destination: ROUTER[1], protocol: 1, payload: quench }),
          on: 1,
          drop: 'icmp-ignored',
        },
        { send: transit(), on: 0, expect: [forwarded({ on: 1 })] },
        { send: echoRequest(), on: 0, expect: [echoReply({ on: 0 })] },
      ],
    }),
  ]),
  row('SQ4', '—', 'RFC 6633 §8', 'a source quench in transit is forwarded like any message', [
    kase('from a router behind port 1 to a host on port 0', {
      send: transit({ source: REMOTE[1], destination: HOST[0], protocol: 1, payload: quench }),
      on: 1,
      expect: [forwarded({ on: 0 })],
    }),
  ]),
];
