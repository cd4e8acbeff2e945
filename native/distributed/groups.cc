// Process groups, each with c10d's Gloo behind it.
#include <torch/csrc/distributed/c10d/ProcessGroupGloo.hpp>

#include "../exports.h"
#include "state.h"

namespace torchts {
namespace {

// The network devices that GLOO_SOCKET_IFNAME names, else the one of the host's name.
template <typename Options>
auto default_options(std::chrono::milliseconds timeout) {
  if constexpr (requires { Options::create_default(timeout); }) {
    return Options::create_default(timeout);
  } else {  // before libtorch 2.13
    auto options = Options::create(timeout);
    options->devices.push_back(c10d::ProcessGroupGloo::createDefaultDevice());
    return options;
  }
}

// groupNew(store, rank, size, timeout in ms, name): promise of a group, when it is connected to all ranks
Napi::Value group_new(const Napi::CallbackInfo& info) {
  Distributed& distributed = Distributed::of(info.Env());
  const StorePtr store = store_of(info)->get();
  const int rank = info[1].ToNumber().Int32Value(), size = info[2].ToNumber().Int32Value();
  const auto timeout = timeout_of(info, 3);
  const std::string name = text_of(info, 4);
  const auto group = std::make_shared<Group>();
  return distributed.promises.run(
      [=] {
        auto gloo = c10::make_intrusive<c10d::ProcessGroupGloo>(store, rank, size, default_options<c10d::ProcessGroupGloo::Options>(timeout));
        gloo->setSequenceNumberForGroup();
        auto made = c10::make_intrusive<c10d::ProcessGroup>(store, rank, size);
        made->setDefaultBackend(c10d::ProcessGroup::BackendType::GLOO);
        // Gloo takes the tensors of devices, too, through memory of the host.
        for (const auto device : {c10::DeviceType::CPU, c10::DeviceType::CUDA})
          made->setBackend(device, c10d::ProcessGroup::BackendType::GLOO, c10::static_intrusive_pointer_cast<c10d::Backend>(gloo));
        made->setGroupName(name);
        *group = std::move(made);
      },
      [group, &distributed](napi_env env) {
        return Napi::Number::New(env, distributed.groups.add({*group, std::make_shared<NativeWork>(distributed.extension)}));
      });
}

// groupFree(group): promise of nothing, when what was begun has ended and its connections are closed
Napi::Value group_free(const Napi::CallbackInfo& info) {
  Distributed& distributed = Distributed::of(info.Env());
  const auto entry = std::make_shared<ProcessGroupEntry>(distributed.groups.get(number_of(info, 0)));
  distributed.groups.remove(number_of(info, 0));
  return distributed.promises.run([entry] { *entry = {}; }, [](napi_env env) { return Napi::Env(env).Undefined(); });
}

// monitoredBarrier(group, timeout in ms, all): promise of nothing, when every rank was there
Napi::Value monitored_barrier(const Napi::CallbackInfo& info) {
  const Group group = group_of(info);
  c10d::BarrierOptions options;
  options.timeout = timeout_of(info, 1);
  const bool all = info[2].ToBoolean();
  return Distributed::of(info.Env()).promises.run([=] { group->monitoredBarrier(options, all); }, [](napi_env env) { return Napi::Env(env).Undefined(); });
}

}  // namespace

void export_groups(Napi::Env, Napi::Object exports) {
  export_function(exports, "groupNew", group_new);
  export_function(exports, "groupFree", group_free);
  export_function(exports, "monitoredBarrier", monitored_barrier);
}

}  // namespace torchts
