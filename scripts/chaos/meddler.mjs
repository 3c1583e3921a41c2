import { spawn } from 'node:child_process';
import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { HARBOUR } from './decoys.mjs';
import { fileOf, HERE, inventoryOf, ip, NAMESPACES, RUNTIME } from './inventory.mjs';
import { LENT } from './lab.mjs';

/**
 * Somebody who changes under a running lab what is its own.
 *
 * What he puts there is his from then on and goes into `expected`: it may not be touched. What he takes, he may keep:
 * that goes into `tolerated`.
 */
export class Meddler {
  #dice;
  #lab;
  #expected;
  #tolerated;
  #lent;
  #serial = 0;
  /** Namespaces and devices that he has put in the place of the lab's. */
  #his = new Set();
  /** What he did, a line each. */
  done = [];
  processes = [];

  constructor({ dice, lab, expected, tolerated, lent }) {
    this.#dice = dice;
    this.#lab = lab;
    this.#expected = expected;
    this.#tolerated = tolerated;
    this.#lent = lent;
  }

  /** Decides what to do: the decision is made here, whenever it is carried out. */
  plan() {
    const device = this.#dice.oneOf(
      this.#lab.devices.filter((each) => each.device !== LENT).concat(this.#lab.devices),
    );
    const place = { ...device, namespace: device.namespace === 'self' ? HERE : device.namespace };
    const [what, act] = this.#dice.oneOf(this.#deeds(place));
    return () => {
      try {
        act();
        this.done.push(what);
        this.#settle(place);
      } catch {
        // It was not there yet, or no longer.
        this.done.push(`${what}, in vain`);
      }
    };
  }

  /** What he does to what is his own by now is no fault of anybody's. */
  #settle({ namespace, device }) {
    const key = `device ${namespace}/${device}`;
    if (!this.#his.has(namespace) && !this.#his.has(key)) return;
    const isIn = new RegExp(`^(namespace|device|route) (${NAMESPACES}/)?${namespace}(/|$)`);
    const isMeant = (each) => (this.#his.has(namespace) ? isIn.test(each) : each === key);
    const before = [...this.#expected.keys()].filter(isMeant);
    for (const each of before) this.#expected.delete(each);
    // Another device there is the lab's, which a reload may have made in the same moment.
    const isOf = (each, name) => each.split(' ')[1] === `${namespace}/${name}`;
    const isHis = (each) =>
      before.includes(each) || each.startsWith('namespace ') || isOf(each, device) || isOf(each, 'lo');
    for (const [each, mark] of inventoryOf(namespace, this.#lent))
      if (isMeant(each) && isHis(each)) this.#expected.set(each, mark);
  }

  #deeds({ kind, namespace, device }) {
    const serial = this.#serial++;
    const taken = `m${serial}`;
    const at = `${namespace}/${device}`;
    // What is somebody else's from the beginning is left alone.
    const isLent = device === LENT;
    const inOwn = kind === 'own' || kind === 'renamed';
    const down = () => ip(`link set ${device} down`, namespace);
    const deeds = [
      [`${at} set down`, down],
      [`${at} set down and up`, () => [down(), ip(`link set ${device} up`, namespace)]],
      [`a process in ${namespace}`, () => this.#live(namespace)],
      [`the socket removed`, () => this.#removeSocket()],
      [`a file in the place of the socket`, () => this.#replaceSocket()],
    ];
    if (!isLent)
      deeds.push(
        [`${at} deleted`, () => ip(`link del ${device}`, namespace)],
        [`${at} flushed`, () => ip(`addr flush dev ${device}`, namespace)],
        [`an address on ${at}`, () => ip(`addr add 10.99.${serial}.1/32 dev ${device}`, namespace)],
        [`${at} renamed to ${taken}`, () => this.#rename(namespace, device, taken)],
        [`${at} moved`, () => this.#move(namespace, device)],
        [`${at} replaced`, () => this.#replaceDevice(namespace, device, inOwn)],
      );
    if (inOwn)
      deeds.push(
        [`namespace ${namespace} deleted`, () => ip(`netns del ${namespace}`)],
        [`namespace ${namespace} replaced`, () => this.#replaceNamespace(namespace, device)],
        [`namespace ${namespace} replaced again`, () => this.#replaceNamespace(namespace, device)],
      );
    return deeds;
  }

  #rename(namespace, device, taken) {
    this.#tolerated.add(`device ${namespace}/${taken}`);
    ip(`link set ${device} down`, namespace);
    ip(`link set ${device} name ${taken}`, namespace);
    ip(`link set ${taken} up`, namespace);
  }

  #move(namespace, device) {
    this.#tolerated.add(`device ${HARBOUR}/${device}`);
    ip(`link set ${device} netns ${HARBOUR}`, namespace);
  }

  /** In a namespace of the lab's own the new one goes with the namespace. */
  #replaceDevice(namespace, device, inOwn) {
    ip(`link del ${device}`, namespace);
    ip(`tuntap add ${device} mode tun`, namespace);
    const key = `device ${namespace}/${device}`;
    const mark = inventoryOf(namespace).get(key);
    if (inOwn || mark === undefined) this.#tolerated.add(key);
    else {
      this.#his.add(key);
      this.#expected.set(key, mark);
    }
  }

  /** A reload may use the new one and its device, as it may use whatever it finds under the names of its file. */
  #replaceNamespace(namespace, device) {
    ip(`netns del ${namespace}`);
    ip(`netns add ${namespace}`);
    ip(`tuntap add ${device} mode tun`, namespace);
    this.#his.add(namespace);
    this.#lent.add(`${namespace}/${device}`);
  }

  #live(namespace) {
    const words = namespace === HERE ? [] : ['ip', 'netns', 'exec', namespace];
    const [program, ...rest] = [...words, 'sleep', '999'];
    this.processes.push(spawn(program, rest, { stdio: 'ignore' }));
  }

  #removeSocket() {
    const path = join(RUNTIME, `${this.#lab.name}.sock`);
    rmSync(path);
    this.#expected.delete(`file ${path}`);
  }

  #replaceSocket() {
    const path = join(RUNTIME, `${this.#lab.name}.sock`);
    const beside = join(RUNTIME, `his-${this.#serial++}`);
    writeFileSync(beside, 'his own\n');
    const mark = [`file ${path}`, fileOf(beside)[1]];
    try {
      renameSync(beside, path);
    } catch (error) {
      rmSync(beside, { force: true });
      throw error;
    }
    this.#expected.set(...mark);
  }
}
