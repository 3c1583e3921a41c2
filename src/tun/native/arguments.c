#include "arguments.h"

#include "libuv.h"

#include <errno.h>
#include <string.h>

/* What an empty array may be said to be at; nobody reads or writes there. */
static uint64_t nowhere;

static bool refuse(napi_env env, const char *wanted)
{
	napi_throw_type_error(env, NULL, wanted);
	return false;
}

bool arguments(napi_env env, napi_callback_info info, size_t count, napi_value *values)
{
	size_t given = count;
	if (napi_get_cb_info(env, info, &given, values, NULL, NULL) == napi_ok && given >= count)
		return true;
	return refuse(env, "too few arguments");
}

bool bool_argument(napi_env env, napi_value value, bool *result)
{
	return napi_get_value_bool(env, value, result) == napi_ok || refuse(env, "not the boolean that is wanted");
}

bool int32_argument(napi_env env, napi_value value, int32_t *result)
{
	return napi_get_value_int32(env, value, result) == napi_ok || refuse(env, "not the number that is wanted");
}

bool uint32_argument(napi_env env, napi_value value, uint32_t *result)
{
	return napi_get_value_uint32(env, value, result) == napi_ok || refuse(env, "not the number that is wanted");
}

bool double_argument(napi_env env, napi_value value, double *result)
{
	return napi_get_value_double(env, value, result) == napi_ok || refuse(env, "not the number that is wanted");
}

bool function_argument(napi_env env, napi_value value)
{
	napi_valuetype type;
	return (napi_typeof(env, value, &type) == napi_ok && type == napi_function) ||
	       refuse(env, "not the function that is wanted");
}

bool string_argument(napi_env env, napi_value value, char *text, size_t length)
{
	napi_valuetype type;
	size_t octets;
	text[0] = '\0';
	if (napi_typeof(env, value, &type) == napi_ok && type == napi_undefined)
		return true;
	if (napi_get_value_string_utf8(env, value, NULL, 0, &octets) != napi_ok)
		return refuse(env, "not the string that is wanted");
	if (octets >= length) {
		throw_errno(env, ENAMETOOLONG, "argument");
		return false;
	}
	napi_get_value_string_utf8(env, value, text, length, &octets);
	return strlen(text) == octets || refuse(env, "a string with a zero octet");
}

void *array_argument(napi_env env, napi_value value, napi_typedarray_type type, size_t *length)
{
	napi_typedarray_type found;
	void *data;
	if (napi_get_typedarray_info(env, value, &found, length, &data, NULL, NULL) != napi_ok || found != type) {
		refuse(env, "not the typed array that is wanted");
		return NULL;
	}
	return data == NULL ? &nowhere : data;
}

napi_value throw_errno(napi_env env, int error, const char *syscall)
{
	napi_value code, message, number, name, thrown;
	char text[128] = "";
	strncat(text, syscall, 60);
	strncat(text, ": ", 3);
	strncat(text, strerror(error), 60);
	napi_create_string_utf8(env, error == EBADFD ? "EBADFD" : uv_err_name(-error), NAPI_AUTO_LENGTH, &code);
	napi_create_string_utf8(env, text, NAPI_AUTO_LENGTH, &message);
	napi_create_error(env, code, message, &thrown);
	napi_create_int32(env, -error, &number);
	napi_set_named_property(env, thrown, "errno", number);
	napi_create_string_utf8(env, syscall, NAPI_AUTO_LENGTH, &name);
	napi_set_named_property(env, thrown, "syscall", name);
	napi_throw(env, thrown);
	return NULL;
}
