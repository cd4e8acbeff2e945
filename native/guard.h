// The one place where C++ exceptions become JavaScript errors. Code that catches them elsewhere throws them again, to clean up
// before or on another thread, or throws an error that says more.
#pragma once
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

// A device that is not there; becomes a DeviceError.
struct DeviceMissing : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// A JavaScript function that libtorch called threw; JavaScript keeps the error under its ticket (callbacks.h).
struct CallbackFailed : std::runtime_error {
  explicit CallbackFailed(uint32_t ticket) : std::runtime_error(std::to_string(ticket)) {}
};

// A JavaScript function that returns the C++ backtrace. Finding the symbols of its addresses takes milliseconds, so this happens
// only when it is called.
inline napi_value lazy_trace(napi_env env, const c10::Backtrace& backtrace) {
  auto* kept = new c10::Backtrace(backtrace);
  const auto read = [](napi_env env, napi_callback_info info) -> napi_value {
    void* data;
    napi_get_cb_info(env, info, nullptr, nullptr, nullptr, &data);
    const std::string& text = (*static_cast<c10::Backtrace*>(data))->get();
    napi_value result;
    napi_create_string_utf8(env, text.data(), text.size(), &result);
    return result;
  };
  napi_value function = nullptr;
  // Fails in a thread that is being terminated.
  if (napi_create_function(env, "trace", NAPI_AUTO_LENGTH, read, kept, &function) != napi_ok) {
    delete kept;
    return nullptr;
  }
  napi_add_finalizer(env, function, kept, [](node_api_basic_env, void* data, void*) { delete static_cast<c10::Backtrace*>(data); }, nullptr, nullptr);
  return function;
}

// { message, kind, trace }; ts/native/typed-errors.ts makes a typed error of it. Null in a thread that is being terminated.
inline napi_value error_value(napi_env env, const char* kind, const std::string& message, const c10::Backtrace& backtrace = nullptr) {
  napi_value text = nullptr, error = nullptr, value = nullptr;
  napi_create_string_utf8(env, message.data(), message.size(), &text);
  if (text == nullptr || napi_create_error(env, nullptr, text, &error) != napi_ok) return nullptr;
  if (napi_create_string_utf8(env, kind, NAPI_AUTO_LENGTH, &value) == napi_ok) napi_set_named_property(env, error, "kind", value);
  const napi_value trace = backtrace ? lazy_trace(env, backtrace) : nullptr;
  if (trace != nullptr) napi_set_named_property(env, error, "trace", trace);
  return error;
}

inline napi_value error_value(napi_env env, const char* kind, const c10::Error& error) {
  return error_value(env, kind, error.what_without_backtrace(), error.backtrace());
}

// Runs `body`. What it throws is returned as a JavaScript error, which ts/native/binding.ts throws. It is not thrown here:
// whenever a finalizer returns, Node looks for a pending exception, takes that of the addon for the finalizer's own, and ends the
// process; and any tensor may have a finalizer, which runs inside a collection.
template <typename Body>
napi_value guarded(napi_env env, Body body, bool* failed = nullptr) {
  const auto fail = [&](const char* kind, const auto&... error) {
    if (failed) *failed = true;
    return error_value(env, kind, error...);
  };
  try {
    return body();
  } catch (const StaleHandle&) {
    return fail("disposed", "the tensor was disposed, or belongs to another thread");
  } catch (const ArgumentError& error) {
    return fail("argument", error.what());
  } catch (const DeviceMissing& error) {
    return fail("device", error.what());
  } catch (const CallbackFailed& error) {
    return fail("callback", error.what());
  } catch (const Napi::Error& error) {
    if (failed) *failed = true;
    return error.Value();
  } catch (const c10::OutOfMemoryError& error) {
    return fail("memory", error);
  } catch (const c10::IndexError& error) {
    return fail("index", error);
  } catch (const c10::TypeError& error) {
    return fail("type", error);
  } catch (const c10::NotImplementedError& error) {
    return fail("missing", error);
  } catch (const c10::Error& error) {
    return fail("torch", error);
  } catch (const std::bad_alloc&) {
    return fail("memory", "the system has no memory left");
  } catch (const std::exception& error) {
    return fail("torch", error.what());
  } catch (...) {
    return fail("torch", "unknown C++ exception");
  }
}

}  // namespace torchts
