import { describe, expect, it } from 'vitest';
import { isQuery, RECEIVED_NAMES, SENT_MESSAGES } from '../../src/icmp/message.js';

describe('the numbers of ICMP', () => {
  it('are those of the IANA registry, for what is sent', () => {
    expect(Object.entries(SENT_MESSAGES).map(([name, [type, code]]) => `${name} ${type}/${code}`)).toEqual([
      ...['echo-request 8/0', 'echo-reply 0/0', 'net-unreachable 3/0', 'host-unreachable 3/1'],
      ...['protocol-unreachable 3/2', 'port-unreachable 3/3', 'frag-needed 3/4', 'source-route-failed 3/5'],
      ...['host-unknown 3/7', 'net-prohibited 3/9', 'host-prohibited 3/10', 'net-unreachable-tos 3/11'],
      ...['host-unreachable-tos 3/12', 'admin-prohibited 3/13', 'ttl-exceeded 11/0'],
      ...['reassembly-exceeded 11/1', 'redirect-host 5/1', 'redirect-host-tos 5/3', 'parameter-problem 12/0'],
      ...['timestamp-reply 14/0', 'address-mask-reply 18/0', 'router-advertisement 9/0'],
      'extended-echo-reply 43/0',
    ]);
  });

  it('are those of the IANA registry, for what is received', () => {
    expect(Object.entries(RECEIVED_NAMES).map(([type, name]) => `${type} ${name}`)).toEqual([
      ...['0 echo-reply', '3 destination-unreachable', '4 source-quench', '5 redirect', '8 echo-request'],
      ...['9 router-advertisement', '10 router-solicitation', '11 time-exceeded', '12 parameter-problem'],
      ...['13 timestamp-request', '14 timestamp-reply', '15 information-request', '16 information-reply'],
      ...['17 address-mask-request', '18 address-mask-reply', '42 extended-echo-request'],
      '43 extended-echo-reply',
    ]);
  });

  it('say which messages are queries and their answers, which errors may be about', () => {
    const queries = Array.from({ length: 256 }, (_, type) => type).filter(isQuery);
    expect(queries).toEqual([0, 8, 13, 14, 15, 16, 17, 18, 42, 43]);
  });
});
