import { Background } from './background.js';
import { pythonCommand, until } from './kernel.js';

/** Receives datagrams at a Unix socket, as systemd does, and prints each with the process that sent it. */
const RECEIVES = `
import json, socket, struct, sys, time
address = sys.argv[1]
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
s.bind('\\0' + address[1:] if address[0] == '@' else address)
print('bound', flush=True)
while True:
    text, ancillary, _, _ = s.recvmsg(65536, 64)
    pid = struct.unpack('3i', ancillary[0][2])[0]
    print(json.dumps([pid, text.decode(), time.monotonic() * 1000]), flush=True)
`;

/** One message, line by line, and who sent it. */
export interface Told {
  readonly pid: number;
  readonly lines: readonly string[];
  /** When it arrived, in milliseconds of CLOCK_MONOTONIC. */
  readonly at: number;
}

/** The other end of sd_notify(3). */
export class ServiceManager {
  readonly address: string;
  readonly #receiver: Background;

  private constructor(address: string, receiver: Background) {
    this.address = address;
    this.#receiver = receiver;
  }

  /** At a path, or at `@` and a name. */
  static async at(address: string): Promise<ServiceManager> {
    const manager = new ServiceManager(address, new Background(pythonCommand(RECEIVES, address)));
    await manager.#receiver.printed(/^bound$/m);
    return manager;
  }

  get told(): readonly Told[] {
    return this.#receiver.stdout
      .split('\n')
      .slice(1, -1)
      .map((line) => {
        const [pid, text, at] = JSON.parse(line) as [number, string, number];
        return { pid, lines: text.split('\n'), at };
      });
  }

  /** Those that are no sign of life. */
  get news(): readonly (readonly string[])[] {
    return this.told.map(({ lines }) => lines).filter(([first]) => first !== 'WATCHDOG=1');
  }

  /** Waits until so many of these have come. */
  async heard(line: string, times = 1): Promise<void> {
    const count = () => this.told.filter(({ lines }) => lines.includes(line)).length;
    await until(() => count() >= times, 30_000, `${line}, ${times} times, in ${this.#receiver.stdout}`);
  }

  stop(): Promise<void> {
    return this.#receiver.stop();
  }
}
