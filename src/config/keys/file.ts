import { choice, leaf, list, named, noted, optional, required, section, text } from '../../key.js';
import { CAPTURE_KEYS } from './capture.js';
import { HOST_KEYS } from './host.js';
import { WHOLE_LINK_KEYS } from './link.js';
import { ROUTER_KEYS } from './router.js';
import { SCHEDULE_KEYS } from './schedule.js';

/** The log on stderr. */
export const LOG_KEYS = {
  level: choice('what is logged', ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'], 'info'),
  format: choice('auto: pretty on a terminal, JSON lines otherwise', ['auto', 'pretty', 'json'], 'auto'),
};

export const CONTROL_KEYS = {
  /** Default: in the runtime directory, named after the instance. */
  socket: leaf('socket-path', 'the path of the control socket'),
  mode: leaf('mode', 'the permissions of the socket', 0o660),
  group: text('the group that owns the socket, by name or number', 32),
  /** Anybody on this machine may use it. */
  'read-only-socket': leaf('socket-path', 'a second socket, for everybody, that only reads'),
};

export const HTTP_KEYS = {
  listen: required(leaf('endpoint', 'address and port; port 0 takes a free one')),
  /** Never shown. */
  token: text('what whoever asks must send as `Authorization: Bearer …`; needed if others can reach it', 256),
};

/** The whole configuration file. */
export const FILE_KEYS = {
  version: required(choice('the version of this format', [1])),
  name: noted(
    'the instance: names its socket and its state file',
    leaf('name', 'the name of the instance; default: the name of the file'),
  ),
  links: required(
    named('the virtual wires', 'a link', section('a virtual wire with one IPv4 subnet', WHOLE_LINK_KEYS)),
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
  log: noted(LOG_KEYS.format.description, section('the log on stderr', LOG_KEYS)),
  control: noted(
    'socket: its path, if not in /run/tunpike; also group, read-only-socket',
    section('the control socket', CONTROL_KEYS),
  ),
  poll: choice(
    'while no datagram is there: adaptive looks for the next one as far as that pays, interrupt sleeps, busy never does',
    ['adaptive', 'interrupt', 'busy'],
    'adaptive',
  ),
  http: optional(section('metrics, event stream and dashboard', HTTP_KEYS)),
  capture: list('captures that start with the lab', section('a pcapng file', CAPTURE_KEYS)),
  schedule: list(
    'changes while the lab runs',
    section('what a person would type, at a time after the lab is ready', SCHEDULE_KEYS),
  ),
};
