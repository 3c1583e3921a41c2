/* What the programs of the benchmark share. */
#ifndef PEER_H
#define PEER_H

#include <stddef.h>

/* Where UDP is sent and counted; of several flows, each has the next port. */
enum { PORT = 9, ECHO_PORT = 7 };
/* At most so many datagrams a system call, and a turn. */
enum { BURST = 64 };

/* Whether a virtio-net header stands before each datagram. */
enum header { PLAIN = 0, VIRTIO = 10 };

void relay(enum header header, const char *a, const char *b);
void fan(enum header header, int count, char **names);
void blast(const char *address, double time, int flows, char *lengths, double rate);
void flood(const char *device, const char *source, const char *target, double time, int flows, int length,
	   const char *station);
void sink(double time, int flows);
void stream(const char *address, double time);
void drain(void);
void ping(const char *address, double time);
void echo(void);
void report(const char *device, unsigned int count, double rate, unsigned int groups, unsigned int share);

/* The monotonic clock. */
double seconds(void);
void ready(void);
_Noreturn void fail(const char *what);

#endif
