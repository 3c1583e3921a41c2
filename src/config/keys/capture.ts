import { choice, leaf, required, text, whole } from '../../key.js';

export const CAPTURE_KEYS = {
  name: required(leaf('name', 'the name of the capture')),
  file: required(text('the file to write', 4096)),
  interface: text('only this interface, for example `r1.red`', 130),
  only: choice('only these datagrams', ['drops', 'forwarded', 'local']),
  snaplen: whole('how many octets of each datagram to keep', 20, 65535),
  match: text('only datagrams that match', 1000),
};
