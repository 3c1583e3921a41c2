/** Connects by TCP, and prints the name of the error, `connected` or `time-out`. Arguments: address, port, seconds. */
export const TCP_CONNECT = `
import errno, socket, sys
s = socket.socket()
s.settimeout(float(sys.argv[3]))
try:
    s.connect((sys.argv[1], int(sys.argv[2])))
    print('connected')
except TimeoutError:
    print('time-out')
except OSError as error:
    print(errno.errorcode[error.errno])
`;

/**
 * Sends on a connected UDP socket, waits until the kernel has an error for it, and prints what the next send
 * and, on a second socket, the next receive say. Arguments: address, port, octets.
 */
export const UDP_SEND = `
import errno, select, socket, sys
def attempt(action):
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.setsockopt(socket.IPPROTO_IP, 10, 2)  # IP_MTU_DISCOVER, IP_PMTUDISC_DO
    s.connect((sys.argv[1], int(sys.argv[2])))
    s.send(b'x' * int(sys.argv[3]))
    poll = select.poll()
    poll.register(s, select.POLLERR)
    poll.poll(700)
    try:
        action(s)
        return 'nothing'
    except BlockingIOError:
        return 'nothing'
    except OSError as error:
        return errno.errorcode[error.errno]
print(attempt(lambda s: s.send(b'x' * int(sys.argv[3]))), attempt(lambda s: s.recv(1, socket.MSG_DONTWAIT)))
`;
