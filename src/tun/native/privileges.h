/* What the process may do, given up for good, in all of its threads. */
#ifndef TUNPIKE_PRIVILEGES_H
#define TUNPIKE_PRIVILEGES_H

#include <node_api.h>

/*
 * lowerPrivileges(keep): of all capabilities only those whose bits are set in `keep` stay, as far as they are there,
 * and no program that is started later gets more. Gives the number of threads that could not be lowered.
 *
 * Source: capabilities(7).
 */
napi_value privileges_lower(napi_env env, napi_callback_info info);

#endif
