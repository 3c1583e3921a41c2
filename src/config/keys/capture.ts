import { choice, leaf, required, text, whole } from '../../key.js';

/** A capture that runs as long as the lab. */
export const CAPTURE_KEYS = {
  name: required(leaf('name', 'the name of the capture')),
  file: required(text('the file to write; a relative path begins where this configuration is', 4096)),
  interface: text('only this interface, for example `r1.red`', 130),
  only: choice('only these datagrams; local: to or from a router itself', ['drops', 'forwarded', 'local']),
  rotate: leaf('size', 'a new file when this one would get longer: FILE, FILE.1 (older) …'),
  keep: whole('with rotate: how many files there are at most', 1, 1000),
  snaplen: whole('how many octets of each datagram to keep', 20, 65535),
  match: text('only datagrams that match, as for `--match`: `protocol=udp size>1400`', 1000),
};
