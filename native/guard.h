// The one place where C++ exceptions become JavaScript errors. No other file catches.
#pragma once
#include <ATen/core/Tensor.h>
#include <c10/util/Exception.h>
#include <exception>
#include <napi.h>
#include <string>

#include "handle_table.h"

namespace torchts {

// A value from JavaScript that does not fit; becomes a DTypeError.
struct ArgumentError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// Throws { message, kind, trace } into JavaScript; ts/native/raise.ts makes the typed error of it.
inline void throw_js(napi_env env, const char* kind, const std::string& message, const std::string& trace = "") {
  napi_value text, error, value;
  napi_create_string_utf8(env, message.data(), message.size(), &text);
  napi_create_error(env, nullptr, text, &error);
  napi_create_string_utf8(env, kind, NAPI_AUTO_LENGTH, &value);
  napi_set_named_property(env, error, "kind", value);
  if (!trace.empty()) {
    napi_create_string_utf8(env, trace.data(), trace.size(), &value);
    napi_set_named_property(env, error, "trace", value);
  }
  napi_throw(env, error);
}

inline void throw_c10(napi_env env, const char* kind, const c10::Error& error) {
  throw_js(env, kind, error.what_without_backtrace(), error.what());
}

template <typename Body>
napi_value guarded(napi_env env, Body body) {
  try {
    return body();
  } catch (const StaleHandle&) {
    throw_js(env, "disposed", "the tensor was disposed, or belongs to another thread");
  } catch (const ArgumentError& error) {
    throw_js(env, "argument", error.what());
  } catch (const Napi::Error& error) {
    error.ThrowAsJavaScriptException();
  } catch (const c10::OutOfMemoryError& error) {
    throw_c10(env, "memory", error);
  } catch (const c10::IndexError& error) {
    throw_c10(env, "index", error);
  } catch (const c10::TypeError& error) {
    throw_c10(env, "type", error);
  } catch (const c10::NotImplementedError& error) {
    throw_c10(env, "missing", error);
  } catch (const c10::Error& error) {
    throw_c10(env, "torch", error);
  } catch (const std::bad_alloc&) {
    throw_js(env, "memory", "the system has no memory left");
  } catch (const std::exception& error) {
    throw_js(env, "torch", error.what());
  } catch (...) {
    throw_js(env, "torch", "unknown C++ exception");
  }
  return nullptr;
}

}  // namespace torchts
