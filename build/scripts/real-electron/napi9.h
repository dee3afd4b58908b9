// Builds better-sqlite3 13 for Node-API 9 (Node 20, Electron 33). Only Node-API 10 can hold a reference to a string, so
// this header puts each string into an object of its own.
#pragma once
#include <node_api.h>
#include <unordered_set>

inline thread_local std::unordered_set<napi_ref> boxed_refs;

inline napi_status boxed_create_reference(napi_env env, napi_value value, uint32_t count, napi_ref* ref) {
  napi_valuetype type;
  napi_status status = napi_typeof(env, value, &type);
  if (status != napi_ok) return status;
  if (type == napi_object || type == napi_function || type == napi_external || type == napi_symbol)
    return napi_create_reference(env, value, count, ref);
  napi_value box;
  if ((status = napi_create_object(env, &box)) != napi_ok) return status;
  if ((status = napi_set_named_property(env, box, "v", value)) != napi_ok) return status;
  if ((status = napi_create_reference(env, box, count, ref)) == napi_ok) boxed_refs.insert(*ref);
  return status;
}

inline napi_status boxed_get_reference_value(napi_env env, napi_ref ref, napi_value* value) {
  napi_status status = napi_get_reference_value(env, ref, value);
  if (status != napi_ok || *value == nullptr || !boxed_refs.count(ref)) return status;
  return napi_get_named_property(env, *value, "v", value);
}

inline napi_status boxed_delete_reference(napi_env env, napi_ref ref) {
  boxed_refs.erase(ref);
  return napi_delete_reference(env, ref);
}

#define napi_create_reference boxed_create_reference
#define napi_get_reference_value boxed_get_reference_value
#define napi_delete_reference boxed_delete_reference
