import { randomInt } from 'node:crypto';
import { totalmem } from 'node:os';
import type { Configuration } from '../config/configuration.js';
import { NOBODY, type Observer } from '../event.js';
import type { PingOutcome, PingRequest } from '../icmp/ping.js';
import { seededRandom } from '../random.js';
import type { Router } from '../router/router.js';
import { after, clockOf, type Duration, earliest, type Instant, NEVER, since } from '../time.js';
import type { Arena } from '../tun/arena.js';
import type { Port } from '../tun/port.js';
import { openTimeoutTimer } from '../tun/timeout-timer.js';
import type { OpenTimer, Timer } from '../tun/timer.js';
import { Anticipation } from './anticipation.js';
import type { HostConnection, HostInput } from './host-input.js';
import { Lab } from './lab.js';
import { mostOnLinks } from './most-on-links.js';
import { Schedule } from './schedule.js';

/** Milliseconds since the process began. */
const clock = clockOf(() => performance.now());

/**
 * The edge of a running lab: the one clock, the one timer, and the ports.
 *
 * Bursts of datagrams arrive from the ports, pass through the lab, and leave at the end of the burst; nothing
 * waits in between. What is due is done when the timer rings, and between bursts, which a ring would wait for.
 * Source: the way of a datagram in docs/architecture.md.
 */
export class LabLoop {
  readonly lab: Lab;
  readonly schedule: Schedule;
  readonly #arena: Arena;
  /** By HOST.LINK. */
  readonly #connected = new Map<string, { readonly port: Port; readonly input: HostInput }>();
  readonly #toFlush: Port[] = [];
  readonly #startedAt = performance.now();
  #wallClockOrigin = Number.NaN;
  readonly #timer: Timer;
  /** The next deadline, or before it where that has moved away. */
  #armedFor: Instant = NEVER;
  readonly #anticipation: Anticipation;
  #now: Instant;
  #heartbeat: { readonly interval: Duration; readonly beat: () => void; next: Instant } | undefined;
  /** Called at the end of each turn, when all that it sent is written and its octets are still there. */
  onTurn: (() => void) | undefined;

  constructor(
    configuration: Configuration,
    arena: Arena,
    observer: Observer = NOBODY,
    openTimer: OpenTimer = openTimeoutTimer,
  ) {
    this.#arena = arena;
    this.#timer = openTimer(() => this.#ring());
    this.#now = this.readClock();
    this.#anticipation = new Anticipation(this.#now);
    this.lab = new Lab(configuration, {
      random: seededRandom(randomInt(2 ** 32)),
      now: this.#now,
      clock: () => performance.now(),
      utcMilliseconds: () => Date.now() % 86_400_000,
      allocate: (length) => arena.allocate(length),
      observer,
      mostOnLinks: mostOnLinks(totalmem(), process.constrainedMemory()),
    });
    this.schedule = new Schedule(this.lab, observer);
  }

  /** The lab's time: milliseconds since the process began, independent of the wall clock. */
  readClock(): Instant {
    return clock();
  }

  get uptimeSeconds(): number {
    return (performance.now() - this.#startedAt) / 1000;
  }

  /** The wall-clock time of a lab instant, as in RFC 3339. */
  wallClock(at: Instant): string {
    return new Date(this.timeOfDay(at)).toISOString();
  }

  /** The same in milliseconds since 1970. */
  timeOfDay(at: Instant): number {
    const origin = Date.now() - performance.now();
    // Date.now() counts whole milliseconds; following smaller differences would put events out of order.
    if (!(Math.abs(origin - this.#wallClockOrigin) < 2)) this.#wallClockOrigin = origin;
    return this.#wallClockOrigin + at;
  }

  /** The port of a host's interface, HOST.LINK; undefined where it has none. */
  portOf(attachment: string): Port | undefined {
    return this.#connected.get(attachment)?.port;
  }

  /** Connects a host's interface to the port of its TUN device, and starts reading. */
  connect(host: string, link: string, port: Port): void {
    this.connectAll([{ host, link, port }]);
  }

  /** Connects hosts' interfaces to the ports of their TUN devices; routers send nothing before that is done. */
  connectAll(connections: readonly HostConnection<Port>[]): void {
    for (const each of connections) this.#start(each);
    // A router may have something to send to the new hosts at once.
    this.#at(() => this.lab.connectAll(connections, this.#now));
  }

  /** Takes ports that are about to be closed off their hosts' interfaces, which then are down. */
  disconnectAll(ports: readonly Port[]): void {
    const parting = [...this.#connected].filter(([, { port }]) => ports.includes(port));
    this.#at(() => {
      for (const [, { input }] of parting) input.disconnect(this.#now);
    });
    for (const [name] of parting) this.#connected.delete(name);
  }

  #start({ host, link, port }: HostConnection<Port>): void {
    const input = this.lab.inputOf(host, link);
    this.#connected.set(`${host}.${link}`, { port, input });
    port.start(input.entrance, {
      // One reading of the clock serves a whole burst.
      burstBegins: () => {
        this.#now = this.readClock();
        return this.#now;
      },
      burstDone: () => this.#settle(),
      waits: () => this.#toFlush.push(port),
      stateChanged: (state) =>
        this.#at(() =>
          state === 'gone' ? input.setGone(this.#now) : input.setUp(state === 'up', this.#now),
        ),
      addressesChanged: (addresses) =>
        this.#at(() => this.lab.addressesChanged(host, link, addresses, this.#now)),
      routesChanged: (named) => input.routesChanged(named),
      offloadRefused: (reason) => this.#warn(`${port.device}: ${reason}: they are made here from now on`),
      mtuChanged: (mtu) => this.#at(() => this.lab.setMtu(link, mtu, this.#now)),
    });
  }

  #warn(message: string): void {
    this.lab.observer.notify({ type: 'config', time: this.#now, event: 'warning', message });
  }

  /** The lab is ready: the time of its schedule begins to count. */
  begin(): void {
    this.#at(() => this.schedule.begin(this.#now));
  }

  /** Calls again and again, each time when so much has passed, as long as the loop does what is due. */
  beat(interval: Duration, beat: () => void): void {
    this.#heartbeat = { interval, beat, next: after(this.readClock(), interval) };
    this.#at(() => {});
  }

  /** Has a router send an echo request; resolves when its outcome is known. */
  ping(router: Router, request: PingRequest): Promise<PingOutcome> {
    return new Promise((resolve) => this.#at(() => router.ping(request, this.#now, resolve)));
  }

  /** Applies a change to the lab, and flushes what it sends. */
  perform<Result>(action: (now: Instant) => Result): Result {
    let result: Result | undefined;
    this.#at(() => {
      result = action(this.#now);
    });
    return result as Result;
  }

  close(): void {
    this.#timer.close();
    this.#now = this.readClock();
    this.lab.stop(this.#now);
    this.#flush();
    this.onTurn?.();
    this.#connected.clear();
    this.#toFlush.length = 0;
  }

  /** Runs something that may send, and flushes what it sends. */
  #at(action: () => void): void {
    this.#now = this.readClock();
    action();
    this.#settle();
  }

  #ring(): void {
    this.#await();
    this.#armedFor = NEVER;
    this.#at(() => this.#poll());
  }

  /** The timer rang, before the next release if it could: what is left until then is waited for. */
  #await(): void {
    const timer = this.#timer;
    if (timer.wait === undefined) return;
    const now = this.readClock();
    if (this.#armedFor !== NEVER) this.#anticipation.rang(since(this.#armedFor, now));
    const release = this.lab.nextRelease();
    if (!this.#anticipation.isNear(release, now)) return;
    timer.wait(release);
    this.#anticipation.waited(since(now, release));
  }

  #poll(): void {
    this.schedule.poll(this.#now);
    this.lab.poll(this.#now);
    const heart = this.#heartbeat;
    if (heart === undefined || this.#now < heart.next) return;
    heart.next = after(this.#now, heart.interval);
    heart.beat();
  }

  #nextDeadline(): Instant {
    const next = earliest(this.lab.nextDeadline(), this.schedule.nextDeadline(this.#now));
    return this.#heartbeat === undefined ? next : earliest(next, this.#heartbeat.next);
  }

  /** Flushes the ports, does what has become due meanwhile, reclaims the scratch octets, and arms the timer. */
  #settle(): void {
    this.#flush();
    let deadline = this.#nextDeadline();
    if (deadline !== NEVER && deadline <= this.readClock()) {
      this.#now = this.readClock();
      this.#poll();
      this.#flush();
      deadline = this.#nextDeadline();
    }
    if (this.onTurn !== undefined) this.onTurn();
    this.#arena.reset();
    this.#arm(earliest(deadline, this.#alarm()));
  }

  /** When to be woken for the next release. */
  #alarm(): Instant {
    const release = this.lab.nextRelease();
    if (release === NEVER || this.#timer.wait === undefined) return release;
    return this.#anticipation.alarmFor(release, this.readClock());
  }

  #flush(): void {
    // A refusal while flushing may make the lab send again, to a port that has already been flushed.
    for (let port = this.#toFlush.pop(); port !== undefined; port = this.#toFlush.pop())
      port.flush(this.#now);
  }

  /** Where the next deadline has moved away, the ring finds that out: under load it moves with every burst. */
  #arm(deadline: Instant): void {
    if (deadline === NEVER ? this.#armedFor === NEVER : deadline >= this.#armedFor) return;
    this.#armedFor = deadline;
    if (deadline === NEVER) this.#timer.disarm();
    else this.#timer.arm(deadline);
  }
}
