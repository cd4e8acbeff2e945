// Process groups, with Gloo, NCCL or both behind them.
#include <torch/csrc/distributed/c10d/ProcessGroupGloo.hpp>

#include "../exports.h"
#include "backend.h"
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

c10::intrusive_ptr<c10d::Backend> make_gloo(const StorePtr& store, int rank, int size, std::chrono::milliseconds timeout) {
  auto gloo = c10::make_intrusive<c10d::ProcessGroupGloo>(store, rank, size, default_options<c10d::ProcessGroupGloo::Options>(timeout));
  count_calls(*gloo);
  return gloo;
}

// What makes a backend of a store, for the devices whose tensors it takes.
struct BackendPlan {
  c10d::ProcessGroup::BackendType type;
  decltype(BackendFactory::make) make;
  StorePtr store;
  std::vector<c10::DeviceType> devices;
};

const BackendFactory& factory_of(const Napi::Value& value) {
  if (!value.IsExternal()) throw ArgumentError("expected the factory of NCCL");
  const auto& factory = *value.As<Napi::External<BackendFactory>>().Data();
  if (factory.magic != BackendFactory::kMagic) throw ArgumentError("the addons of torchts are not of one build: build them anew");
  return factory;
}

// [store of Gloo's keys or null, store of NCCL's or null, factory of NCCL]: Gloo takes what NCCL does not, tensors of GPUs through memory
// of the host.
std::vector<BackendPlan> plans_of(const Napi::CallbackInfo& info) {
  using Type = c10d::ProcessGroup::BackendType;
  std::vector<BackendPlan> plans;
  const bool with_nccl = info[1].IsNumber();
  if (info[0].IsNumber()) {
    plans.push_back({Type::GLOO, make_gloo, store_of(info, 0)->get(), {c10::DeviceType::CPU}});
    if (!with_nccl) plans.back().devices.push_back(c10::DeviceType::CUDA);
  }
  if (with_nccl) plans.push_back({Type::NCCL, factory_of(info[2]).make, store_of(info, 1)->get(), {c10::DeviceType::CUDA}});
  return plans;
}

// groupNew(store of Gloo, store of NCCL, factory of NCCL, base store, rank, size, timeout in ms, name): promise of a group, when it is
// connected to all ranks
Napi::Value group_new(const Napi::CallbackInfo& info) {
  Distributed& distributed = Distributed::of(info.Env());
  const std::vector<BackendPlan> plans = plans_of(info);
  const StorePtr store = store_of(info, 3)->get();
  const int rank = info[4].ToNumber().Int32Value(), size = info[5].ToNumber().Int32Value();
  const auto timeout = timeout_of(info, 6);
  const std::string name = text_of(info, 7);
  const auto group = std::make_shared<Group>();
  return distributed.promises.run(
      [=] {
        auto made = c10::make_intrusive<c10d::ProcessGroup>(store, rank, size);
        for (const BackendPlan& plan : plans) {
          const auto backend = plan.make(plan.store, rank, size, timeout);
          made->setDefaultBackend(plan.type);  // NCCL's, where both are there
          for (const auto device : plan.devices) made->setBackend(device, plan.type, backend);
        }
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
