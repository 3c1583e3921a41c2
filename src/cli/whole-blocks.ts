import { blocksIn } from '../observe/capture/pcapng.js';

/** Makes runs of whole blocks of pieces that end anywhere. */
export class WholeBlocks {
  #rest: Uint8Array = new Uint8Array(0);

  /** The blocks that are whole with this piece; empty for none. They may share its octets. */
  add(piece: Uint8Array): Uint8Array {
    const octets = this.#rest.length === 0 ? piece : Buffer.concat([this.#rest, piece]);
    let end = 0;
    for (const { to } of blocksIn(octets)) end = to;
    this.#rest = octets.slice(end);
    return octets.subarray(0, end);
  }
}
