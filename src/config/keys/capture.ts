import { choice, leaf, required, text, whole } from '../../key.js';

export const CAPTURE_KEYS = {
  name: required(leaf('name', 'what the capture is called')),
  file: required(text('where to', 4096)),
  interface: text('only this one, for example `r1.red`', 130),
  only: choice('only these datagrams', ['drops', 'forwarded', 'local']),
  snaplen: whole('octets of each datagram', 20, 65535),
  match: text('only datagrams that match', 1000),
};
