/* Visits to other network namespaces: of this thread only, and only for the time of a call. */
#ifndef TUNPIKE_NAMESPACE_H
#define TUNPIKE_NAMESPACE_H

/* The longest path of a namespace's file, its closing zero counted. */
enum { NAMESPACE_PATH = 512 };

/* Where a thread came from that has not moved. */
enum { STAYED = -2 };

/*
 * Moves the thread into the namespace that a descriptor stands for; a negative one stays where we are.
 * Returns what leave_namespace wants, or -1 with errno and *syscall set.
 */
int enter_namespace(int there, const char **syscall);

/* The same by the path of its file; an empty one stays where we are. */
int enter_namespace_at(const char *path, const char **syscall);

/* Comes back; errno stays as it is. */
void leave_namespace(int here);

#endif
