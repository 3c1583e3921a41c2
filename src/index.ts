/// <reference types="node" preserve="true" />
/**
 * Tunpike as a library: virtual routers on TUN devices, in memory and in virtual time.
 *
 * `loadConfiguration` turns a configuration file into a `Configuration`; `startLab` brings it up on this machine,
 * `VirtualLab` runs it without devices or waiting. `Tun` is a stream over one TUN device.
 */
export { type Address, formatAddress, formatPrefix, type Prefix } from './address.js';
export type {
  Configuration,
  MulticastConfiguration,
  MulticastRouteConfiguration,
  Problem,
} from './config/configuration.js';
export { loadConfiguration } from './config/load.js';
export { readConfiguration } from './config/read.js';
export type { Ledger } from './counters.js';
export { DROP_REASONS, type DropReason } from './drop-reason.js';
export type { Event, Observer } from './event.js';
export { type ExitCode, Failure } from './failure.js';
export {
  DEFAULT_IGMP_SETTINGS,
  type FixedMembership,
  type GroupPattern,
  type IgmpSettings,
} from './igmp/settings.js';
export type { Interface, InterfaceAddress, MulticastScope } from './interface.js';
export { Lab } from './lab/lab.js';
export { type VirtualHost, VirtualLab, type VirtualLabOptions } from './lab/virtual-lab.js';
export { createLog, type Log, SILENT } from './observe/log.js';
export { Router } from './router/router.js';
export { type RunningLab, type StartOptions, startLab } from './runtime/running-lab.js';
export { DEFAULT_SETTINGS, type RouterSettings } from './settings.js';
export { type Duration, type Instant, milliseconds, seconds } from './time.js';
export { Tun } from './tun/tun.js';
