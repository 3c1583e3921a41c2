import { choice, leaf, list, named, noted, optional, required, section, text } from '../../key.js';
import { CAPTURE_KEYS } from './capture.js';
import { HOST_KEYS } from './host.js';
import { IMPAIRMENT_KEYS, LINK_KEYS } from './link.js';
import { ROUTER_KEYS } from './router.js';

/** Logs on stderr. */
export const LOG_KEYS = {
  level: choice('what is logged', ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'], 'info'),
  format: choice('auto: pretty on a terminal, JSON lines otherwise', ['auto', 'pretty', 'json'], 'auto'),
};

export const CONTROL_KEYS = {
  /** Left out, in the runtime directory, after the instance. */
  socket: leaf('socket-path', 'where the control socket is'),
  mode: leaf('mode', 'who may use it', 0o660),
  group: text('the group that it belongs to, by name or number', 32),
  /** Anybody on this machine may use it. */
  'read-only-socket': leaf('socket-path', 'a second socket, for everybody, which only reads'),
};

const HTTP_KEYS = {
  listen: required(leaf('endpoint', 'address and port')),
};

/** The whole configuration file. */
export const FILE_KEYS = {
  version: required(choice('the version of this format', [1])),
  name: noted(
    'the instance: its socket and its state file are called so',
    leaf('name', 'the instance; the file’s name unless told'),
  ),
  links: required(
    named(
      'the virtual wires',
      'a link',
      section('a virtual wire: one IPv4 subnet', { ...LINK_KEYS, ...IMPAIRMENT_KEYS }),
    ),
  ),
  hosts: named(
    'where real programs run',
    'a host',
    section('a network namespace with a TUN device for every link it attaches to', HOST_KEYS),
  ),
  routers: named(
    'the virtual routers',
    'a router',
    section('a virtual router inside the process', ROUTER_KEYS),
  ),
  log: noted(LOG_KEYS.format.description, section('logs on stderr', LOG_KEYS)),
  control: noted(
    'also socket (where, if not in /run/tunpike), group, read-only-socket',
    section('the control socket', CONTROL_KEYS),
  ),
  http: optional(section('metrics, event stream and dashboard', HTTP_KEYS)),
  capture: list('captures that begin with the lab', section('a pcapng file', CAPTURE_KEYS)),
};
