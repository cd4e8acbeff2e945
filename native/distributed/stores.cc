// The stores by which processes find each other: c10d's own, so that those of other languages take part.
#include <torch/csrc/distributed/c10d/FileStore.hpp>
#include <torch/csrc/distributed/c10d/HashStore.hpp>
#include <torch/csrc/distributed/c10d/PrefixStore.hpp>
#include <torch/csrc/distributed/c10d/TCPStore.hpp>

#include "../exports.h"
#include "state.h"

namespace torchts {
namespace {

bool has_server(const StorePtr& store) {
  auto* const prefixed = dynamic_cast<c10d::PrefixStore*>(store.get());
  return prefixed ? has_server(prefixed->getUnderlyingStore()) : dynamic_cast<c10d::TCPStore*>(store.get()) != nullptr;
}

}  // namespace

SharedStore::SharedStore(StorePtr store, const Extension& extension)
    : store_(std::move(store)), connected_(has_server(store_)), work_(extension) {}

StorePtr SharedStore::take() {
  std::unique_lock<std::mutex> lock(mutex_);
  if (!connected_ || !taken_) {
    taken_ = true;
    return store_;
  }
  if (!idle_.empty()) {
    const StorePtr connection = idle_.back();
    idle_.pop_back();
    return connection;
  }
  lock.unlock();
  return store_->clone();
}

void SharedStore::give_back(const StorePtr& connection) {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (connection == store_)
    taken_ = false;
  else
    idle_.push_back(connection);
}

namespace {

using Bytes = std::vector<uint8_t>;

Bytes bytes_of(const Napi::CallbackInfo& info, size_t index) {
  if (!info[index].IsTypedArray()) throw ArgumentError("expected bytes as a Uint8Array");
  const auto bytes = info[index].As<Napi::Uint8Array>();
  return Bytes(bytes.Data(), bytes.Data() + bytes.ByteLength());
}

std::vector<std::string> keys_of(const Napi::CallbackInfo& info, size_t index) {
  std::vector<std::string> keys;
  if (!info[index].IsArray()) throw ArgumentError("expected an array of keys");
  const auto items = info[index].As<Napi::Array>();
  for (uint32_t i = 0; i < items.Length(); ++i) keys.push_back(Napi::Value(items[i]).ToString());
  return keys;
}

napi_value to_js(napi_env env, const Bytes& bytes) { return Napi::Buffer<uint8_t>::Copy(env, bytes.data(), bytes.size()); }
napi_value to_js(napi_env env, int64_t value) { return Napi::Number::New(env, static_cast<double>(value)); }
napi_value to_js(napi_env env, bool value) { return Napi::Boolean::New(env, value); }

// Runs `body(store)` on another thread; the promise is of what it gives.
template <typename Body>
Napi::Value call_store(const Napi::CallbackInfo& info, Body body) {
  using Value = decltype(body(std::declval<c10d::Store&>()));
  const auto store = store_of(info);
  const auto value = std::make_shared<Value>();
  return Distributed::of(info.Env())
      .promises.run([=] { *value = store->use(body); }, [value](napi_env env) { return to_js(env, *value); });
}

// The promise of the number of a store that `make` gives, with the timeout of the argument at `timeout`.
template <typename Make>
Napi::Value open_store(const Napi::CallbackInfo& info, size_t timeout, Make make) {
  Distributed& distributed = Distributed::of(info.Env());
  const auto store = std::make_shared<StorePtr>();
  const auto limit = timeout_of(info, timeout);
  return distributed.promises.run(
      [=] {
        *store = make();
        (*store)->setTimeout(limit);
      },
      [store, &distributed](napi_env env) {
        return Napi::Number::New(env, distributed.stores.add(std::make_shared<SharedStore>(*store, distributed.extension)));
      });
}

// tcpStore(host, port, isServer, worldSize or 0, waitForWorkers, timeout in ms): promise of a store
Napi::Value tcp_store(const Napi::CallbackInfo& info) {
  c10d::TCPStoreOptions options;
  options.port = static_cast<uint16_t>(number_of(info, 1));
  options.isServer = info[2].ToBoolean();
  if (const uint32_t workers = number_of(info, 3)) options.numWorkers = workers;
  options.waitWorkers = info[4].ToBoolean();
  options.timeout = timeout_of(info, 5);
  // That backend would call the libuv of Node instead of libtorch's own, for Node exports functions of the same names.
  options.useLibUV = false;
  const std::string host = text_of(info, 0);
  return open_store(info, 5, [=]() -> StorePtr { return c10::make_intrusive<c10d::TCPStore>(host, options); });
}

// fileStore(path, worldSize or -1, timeout in ms): promise of a store
Napi::Value file_store(const Napi::CallbackInfo& info) {
  const std::string path = text_of(info, 0);
  const int workers = info[1].ToNumber().Int32Value();
  return open_store(info, 2, [=]() -> StorePtr { return c10::make_intrusive<c10d::FileStore>(path, workers); });
}

// hashStore(timeout in ms): promise of a store
Napi::Value hash_store(const Napi::CallbackInfo& info) {
  return open_store(info, 0, []() -> StorePtr { return c10::make_intrusive<c10d::HashStore>(); });
}

// prefixStore(prefix, store): store
Napi::Value prefix_store(const Napi::CallbackInfo& info) {
  Distributed& distributed = Distributed::of(info.Env());
  StorePtr store = c10::make_intrusive<c10d::PrefixStore>(text_of(info, 0), store_of(info, 1)->get());
  return Napi::Number::New(info.Env(), distributed.stores.add(std::make_shared<SharedStore>(std::move(store), distributed.extension)));
}

// storePort(store): the port of a TCPStore's server; 0 for any other store
Napi::Value store_port(const Napi::CallbackInfo& info) {
  const auto* const tcp = dynamic_cast<c10d::TCPStore*>(store_of(info)->get().get());
  return Napi::Number::New(info.Env(), tcp ? tcp->getPort() : 0);
}

// storeSet(store, key, bytes): promise of whether it was done, which is true
Napi::Value store_set(const Napi::CallbackInfo& info) {
  return call_store(info, [key = text_of(info, 1), value = bytes_of(info, 2)](c10d::Store& store) {
    store.set(key, value);
    return true;
  });
}

// storeCompareSet(store, key, expected bytes, desired bytes): promise of the bytes that are there then
Napi::Value store_compare_set(const Napi::CallbackInfo& info) {
  return call_store(info, [key = text_of(info, 1), expected = bytes_of(info, 2), desired = bytes_of(info, 3)](c10d::Store& store) {
    return store.compareSet(key, expected, desired);
  });
}

// storeWait(store, keys, timeout in ms): promise of whether they are there, which is true
Napi::Value store_wait(const Napi::CallbackInfo& info) {
  return call_store(info, [keys = keys_of(info, 1), timeout = timeout_of(info, 2)](c10d::Store& store) {
    store.wait(keys, timeout);
    return true;
  });
}

// storeFree(store): promise of nothing, when its connection is closed
Napi::Value store_free(const Napi::CallbackInfo& info) {
  Distributed& distributed = Distributed::of(info.Env());
  auto store = std::make_shared<std::shared_ptr<SharedStore>>(store_of(info));
  distributed.stores.remove(number_of(info, 0));
  return distributed.promises.run([store] { store->reset(); }, [](napi_env env) { return Napi::Env(env).Undefined(); });
}

}  // namespace

void export_stores(Napi::Env, Napi::Object exports) {
  export_function(exports, "tcpStore", tcp_store);
  export_function(exports, "fileStore", file_store);
  export_function(exports, "hashStore", hash_store);
  export_function(exports, "prefixStore", prefix_store);
  export_function(exports, "storePort", store_port);
  export_function(exports, "storeSet", store_set);
  export_function(exports, "storeCompareSet", store_compare_set);
  export_function(exports, "storeWait", store_wait);
  export_function(exports, "storeFree", store_free);
  // storeGet(store, key): promise of bytes
  export_function(exports, "storeGet", [](const Napi::CallbackInfo& info) {
    return call_store(info, [key = text_of(info, 1)](c10d::Store& store) { return store.get(key); });
  });
  // storeAdd(store, key, amount): promise of the sum
  export_function(exports, "storeAdd", [](const Napi::CallbackInfo& info) {
    return call_store(info, [key = text_of(info, 1), amount = info[2].ToNumber().Int64Value()](c10d::Store& store) { return store.add(key, amount); });
  });
  // storeCheck(store, keys): promise of whether all of them are there
  export_function(exports, "storeCheck", [](const Napi::CallbackInfo& info) {
    return call_store(info, [keys = keys_of(info, 1)](c10d::Store& store) { return store.check(keys); });
  });
  // storeDelete(store, key): promise of whether it was there
  export_function(exports, "storeDelete", [](const Napi::CallbackInfo& info) {
    return call_store(info, [key = text_of(info, 1)](c10d::Store& store) { return store.deleteKey(key); });
  });
  // storeCount(store): promise of the number of keys
  export_function(exports, "storeCount", [](const Napi::CallbackInfo& info) {
    return call_store(info, [](c10d::Store& store) { return store.getNumKeys(); });
  });
}

}  // namespace torchts
