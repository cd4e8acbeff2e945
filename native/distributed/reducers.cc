// DistributedDataParallel's engine: c10d's Reducer.
#include <map>
#include <mutex>
#include <torch/csrc/autograd/custom_function.h>
#include <torch/csrc/autograd/engine.h>
#include <torch/csrc/distributed/c10d/comm.hpp>
#include <torch/csrc/distributed/c10d/logger.hpp>
#include <torch/csrc/distributed/c10d/reducer.hpp>

#include "../exports.h"
#include "state.h"

namespace torchts {
namespace {

using Buckets = std::vector<std::vector<size_t>>;

std::shared_ptr<c10d::Reducer> reducer_of(const Napi::CallbackInfo& info) { return Distributed::of(info.Env()).reducers.get(number_of(info, 0)).reducer; }

Buckets reversed(Buckets buckets) { return Buckets(buckets.rbegin(), buckets.rend()); }

// From libtorch 2.13 on there is one more argument: sizes of single buckets.
template <typename Reducer, typename... Arguments>
std::shared_ptr<Reducer> make_reducer(Arguments&&... arguments) {
  if constexpr (std::is_constructible_v<Reducer, Arguments..., std::vector<int64_t>>)
    return std::make_shared<Reducer>(std::forward<Arguments>(arguments)..., std::vector<int64_t>{});
  else
    return std::make_shared<Reducer>(std::forward<Arguments>(arguments)...);
}

// reducerNew(group, parameters, their names, bytes of the first bucket, of the others, find unused parameters, gradients are views,
// static graph): reducer. Compares the parameters' shapes with rank 0's first, which blocks.
Napi::Value reducer_new(const Napi::CallbackInfo& info) {
  Distributed& distributed = Distributed::of(info.Env());
  const Group group = group_of(info);
  const auto parameters = tensors_of(info, 1);
  std::unordered_map<size_t, std::string> names;
  const auto given = info[2].As<Napi::Array>();
  for (uint32_t i = 0; i < given.Length(); ++i) names[i] = Napi::Value(given[i]).ToString();
  const int64_t first = info[3].ToNumber().Int64Value(), others = info[4].ToNumber().Int64Value();
  const bool find_unused = info[5].ToBoolean(), views = info[6].ToBoolean(), is_static = info[7].ToBoolean();
  const std::vector<bool> sparse(parameters.size(), false);
  c10d::verify_params_across_processes(group, parameters, std::nullopt);
  // As in PyTorch: where the buckets are made anew after the first step, in the order in which gradients came, one holds all till then.
  std::vector<size_t> limits{static_cast<size_t>(others)};
  if (is_static || !find_unused)
    limits = {static_cast<size_t>(INT64_MAX)};
  else if (first < others)
    limits.insert(limits.begin(), static_cast<size_t>(first));
  const Buckets buckets = std::get<0>(c10d::compute_bucket_assignment_by_size(parameters, limits, sparse));
  auto reducer = make_reducer<c10d::Reducer>(parameters, reversed(buckets), group, sparse, others, find_unused, views, std::move(names), first, false, false);
  auto logger = std::make_shared<c10d::Logger>(reducer);
  reducer->set_logger(logger);
  if (is_static) {
    reducer->set_static_graph();
    logger->set_static_graph();
  }
  return Napi::Number::New(info.Env(), distributed.reducers.add({std::move(reducer), std::move(logger)}));
}

// Hands gradients on as they are. Its node gets an undefined gradient for an output that the loss does not use, and so the parameters
// that are behind that output alone are reached, and counted as unused.
struct Sink : torch::autograd::Function<Sink> {
  static torch::autograd::variable_list forward(torch::autograd::AutogradContext* context, at::TensorList outputs) {
    context->set_materialize_grads(false);
    torch::autograd::variable_list copies;
    for (const at::Tensor& output : outputs) copies.push_back(output.clone());
    return copies;
  }
  static torch::autograd::variable_list backward(torch::autograd::AutogradContext*, const torch::autograd::variable_list& gradients) { return gradients; }
};

// reducerSink(reducer, outputs that have a gradient): handles of tensors to go on with, see Sink
Napi::Value reducer_sink(const Napi::CallbackInfo& info) {
  const Extension& extension = Distributed::of(info.Env()).extension;
  reducer_of(info);
  const auto outputs = tensors_of(info, 1);
  auto handles = Napi::Array::New(info.Env());
  uint32_t count = 0;
  for (at::Tensor& output : Sink::apply(at::TensorList(outputs)))
    handles[count++] = static_cast<double>(extension.insert(extension.environment, std::move(output)));
  return handles;
}

// reducerDelay(reducer, outputs that have a gradient): void. The first backward pass of a static graph, which finds out how often each
// gradient comes, sums nothing until its end.
void reducer_delay(const Napi::CallbackInfo& info) {
  const std::weak_ptr<c10d::Reducer> reducer = reducer_of(info);
  const auto once = std::make_shared<std::once_flag>();
  for (const at::Tensor& output : tensors_of(info, 1))
    output.register_hook([reducer, once](const at::Tensor&) {
      std::call_once(*once, [&] {
        torch::autograd::Engine::get_default_engine().queue_callback([reducer] {
          if (const auto alive = reducer.lock()) alive->delay_all_reduce();
        });
      });
    });
}

// A function of JavaScript in place of the sum over all processes. Called with the memory of a bucket, its index, whether it is the
// last, and the numbers of its parameters, it begins what is to be sent; what it gives is the result. Where it gives none it is called
// again with the index alone, at the end of the backward pass, when the Reducer wants the result.
class Hook final : public c10d::CommHookInterface {
 public:
  Hook(const Extension& extension, uint32_t id, const std::vector<at::Tensor>& parameters)
      : extension_(extension), callback_(extension.hold_callback(extension.environment, id)) {
    for (size_t i = 0; i < parameters.size(); ++i) numbers_[parameters[i].unsafeGetTensorImpl()] = static_cast<int64_t>(i);
  }

  c10::intrusive_ptr<c10::ivalue::Future> runHook(c10d::GradBucket& bucket) override {
    const auto index = static_cast<int64_t>(bucket.getIndex());
    std::vector<int64_t> arguments{index, bucket.isLast()};
    for (const at::Tensor& parameter : bucket.getParameters()) arguments.push_back(numbers_.at(parameter.unsafeGetTensorImpl()));
    auto results = extension_.call(callback_, {bucket.getBuffer()}, arguments);
    results_[index] = results.empty() ? at::Tensor() : std::move(results[0]);
    // The future holds no tensor, so it needs to know no device.
    auto future = c10::make_intrusive<c10::ivalue::Future>(c10::IntType::get());
    future->markCompleted(index);
    return future;
  }

  at::Tensor parseHookResult(const c10::IValue& index) override {
    const auto found = results_.find(index.toInt());
    TORCH_INTERNAL_ASSERT(found != results_.end());
    at::Tensor result = std::move(found->second);
    results_.erase(found);
    return result.defined() ? result : extension_.call(callback_, {}, {index.toInt()}).at(0);
  }

 private:
  const Extension& extension_;
  const std::shared_ptr<void> callback_;
  std::map<const c10::TensorImpl*, int64_t> numbers_;
  std::map<int64_t, at::Tensor> results_;  // by the index of the bucket
};

// broadcastCoalesced(group, tensors, bytes of a message, source): void; blocks. What autograd saved of the tensors stays valid, as in
// PyTorch: normalization in a second forward before the backward pass of the first must not fail of it.
void broadcast_coalesced(const Napi::CallbackInfo& info) {
  const at::NoGradGuard no_grad;
  const auto tensors = tensors_of(info, 1);
  std::vector<int64_t> versions;
  for (const at::Tensor& tensor : tensors) versions.push_back(tensor.is_inference() ? 0 : tensor._version());
  c10d::broadcast_coalesced(group_of(info), tensors, static_cast<size_t>(info[2].ToNumber().Int64Value()), info[3].ToNumber().Int32Value());
  for (size_t i = 0; i < tensors.size(); ++i) {
    if (tensors[i].is_inference()) continue;
    auto counter = tensors[i].unsafeGetTensorImpl()->version_counter();
    counter.set_version(versions[i]);
  }
}

}  // namespace

void export_reducers(Napi::Env, Napi::Object exports) {
  export_function(exports, "reducerNew", reducer_new);
  export_function(exports, "broadcastCoalesced", broadcast_coalesced);
  export_function(exports, "reducerSink", reducer_sink);
  export_function(exports, "reducerDelay", reducer_delay);
  // reducerForward(reducer, whether its gradients will be summed): void; after the first step it agrees with rank 0 on the buckets, which
  // blocks
  export_function(exports, "reducerForward", [](const Napi::CallbackInfo& info) {
    const auto reducer = reducer_of(info);
    if (info[1].ToBoolean()) {
      Distributed::of(info.Env()).reducers.get(number_of(info, 0)).logger->set_runtime_stats_and_log();
      reducer->prepare_for_forward();
    }
    reducer->rebuild_buckets();
  });
  // reducerBackward(reducer, outputs whose graph is searched for unused parameters): void
  export_function(exports, "reducerBackward", [](const Napi::CallbackInfo& info) { reducer_of(info)->prepare_for_backward(tensors_of(info, 1)); });
  // reducerHook(reducer, 1 for sums, 2 for sums in float16): void
  export_function(exports, "reducerHook", [](const Napi::CallbackInfo& info) {
    reducer_of(info)->register_builtin_comm_hook(static_cast<c10d::BuiltinCommHookType>(number_of(info, 1)));
  });
  // reducerFunctionHook(reducer, parameters, callback): void; see Hook
  export_function(exports, "reducerFunctionHook", [](const Napi::CallbackInfo& info) {
    auto hook = std::make_unique<Hook>(Distributed::of(info.Env()).extension, number_of(info, 2), tensors_of(info, 1));
    reducer_of(info)->register_comm_hook(std::move(hook));
  });
  // reducerBuckets(reducer): the sizes of the buckets in bytes
  export_function(exports, "reducerBuckets", [](const Napi::CallbackInfo& info) {
    auto sizes = Napi::Array::New(info.Env());
    uint32_t count = 0;
    for (const auto& bucket : reducer_of(info)->get_grad_buckets(true)) sizes[count++] = static_cast<double>(bucket.getBuffer().nbytes());
    return sizes;
  });
  // reducerFree(reducer): void
  export_function(exports, "reducerFree", [](const Napi::CallbackInfo& info) {
    reducer_of(info);
    Distributed::of(info.Env()).reducers.remove(number_of(info, 0));
  });
}

}  // namespace torchts
