/* What JavaScript hands over, read strictly, and what it is told when something is wrong with it. */
#ifndef TUNPIKE_ARGUMENTS_H
#define TUNPIKE_ARGUMENTS_H

#include <node_api.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Fetches exactly `count` arguments; where there are fewer, throws and returns false. */
bool arguments(napi_env env, napi_callback_info info, size_t count, napi_value *values);

/* Each of these reads one argument into its last parameter; where it is another thing, throws and returns false. */
bool bool_argument(napi_env env, napi_value value, bool *result);
bool int32_argument(napi_env env, napi_value value, int32_t *result);
bool uint32_argument(napi_env env, napi_value value, uint32_t *result);
bool double_argument(napi_env env, napi_value value, double *result);
bool function_argument(napi_env env, napi_value value);
/* undefined is the empty string; a text with a zero octet in it is none. `length` counts the closing zero. */
bool string_argument(napi_env env, napi_value value, char *text, size_t length);

/* The memory of a typed array; NULL with an exception pending where it is none of that type. `length` in elements. */
void *array_argument(napi_env env, napi_value value, napi_typedarray_type type, size_t *length);

/* Throws an Error shaped as Node's own: code, negative errno, syscall. Returns NULL, for `return throw_errno(…)`. */
napi_value throw_errno(napi_env env, int error, const char *syscall);

#endif
