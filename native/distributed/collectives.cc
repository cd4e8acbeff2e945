// Calls that all ranks of a group make together, and those from one rank to another.
#include <map>
#include <torch/csrc/distributed/c10d/ProcessGroupGloo.hpp>

#include "../exports.h"
#include "state.h"

namespace torchts {
namespace {

using WorkPtr = c10::intrusive_ptr<c10d::Work>;
using Tensors = std::vector<at::Tensor>;

struct Call {
  Group group;
  Tensors inputs, outputs;
  c10d::ReduceOp op;
  int64_t peer;  // the rank from which, to which or at which, in the group; -1 for any
  std::chrono::milliseconds timeout;
  std::vector<int64_t> input_splits, output_splits;
  int64_t tag;

  template <typename Options>
  Options options() const {
    Options options;
    options.timeout = timeout;
    if constexpr (requires { options.reduceOp; }) options.reduceOp = op;
    if constexpr (requires { options.rootRank; }) options.rootRank = peer;
    return options;
  }
};

// Gloo reads and writes as many elements from a tensor's first one on as it has. Where all ranks lay out theirs alike, any order of
// dimensions will do.
void check_layout(const Tensors& tensors, bool any_order) {
  for (const at::Tensor& tensor : tensors)
    TORCH_CHECK(tensor.layout() != at::kStrided || (any_order ? tensor.is_non_overlapping_and_dense() : tensor.is_contiguous()),
                "expected a contiguous tensor, found one of the shape ", tensor.sizes(), " and the strides ", tensor.strides(), "; call contiguous() before");
}

using Start = WorkPtr (*)(Call&);

WorkPtr all_reduce(Call& call) { return call.group->allreduce(call.inputs, call.options<c10d::AllreduceOptions>()); }

WorkPtr broadcast(Call& call) { return call.group->broadcast(call.inputs, call.options<c10d::BroadcastOptions>()); }

WorkPtr reduce(Call& call) { return call.group->reduce(call.inputs, call.options<c10d::ReduceOptions>()); }

WorkPtr all_gather(Call& call) {
  std::vector<Tensors> outputs{call.outputs};
  return call.group->allgather(outputs, call.inputs, call.options<c10d::AllgatherOptions>());
}

// The three calls on single tensors have other names before libtorch 2.13.
WorkPtr all_gather_into_tensor(Call& call) {
  const auto start = [&](auto& group, auto&&... arguments) {
    if constexpr (requires { group.all_gather_single(arguments...); })
      return group.all_gather_single(arguments...);
    else
      return group._allgather_base(arguments...);
  };
  return start(*call.group, call.outputs.at(0), call.inputs.at(0), call.options<c10d::AllgatherOptions>());
}

WorkPtr gather(Call& call) {
  std::vector<Tensors> outputs;
  if (!call.outputs.empty()) outputs.push_back(call.outputs);
  return call.group->gather(outputs, call.inputs, call.options<c10d::GatherOptions>());
}

WorkPtr scatter(Call& call) {
  std::vector<Tensors> inputs;
  if (!call.inputs.empty()) inputs.push_back(call.inputs);
  return call.group->scatter(call.outputs, inputs, call.options<c10d::ScatterOptions>());
}

WorkPtr reduce_scatter(Call& call) {
  std::vector<Tensors> inputs{call.inputs};
  return call.group->reduce_scatter(call.outputs, inputs, call.options<c10d::ReduceScatterOptions>());
}

WorkPtr reduce_scatter_tensor(Call& call) {
  const auto start = [&](auto& group, auto&&... arguments) {
    if constexpr (requires { group.reduce_scatter_single(arguments...); })
      return group.reduce_scatter_single(arguments...);
    else
      return group._reduce_scatter_base(arguments...);
  };
  return start(*call.group, call.outputs.at(0), call.inputs.at(0), call.options<c10d::ReduceScatterOptions>());
}

WorkPtr all_to_all(Call& call) { return call.group->alltoall(call.outputs, call.inputs, call.options<c10d::AllToAllOptions>()); }

WorkPtr all_to_all_single(Call& call) {
  const auto start = [&](auto& group, auto&&... arguments) {
    if constexpr (requires { group.all_to_all_single(arguments...); })
      return group.all_to_all_single(arguments...);
    else
      return group.alltoall_base(arguments...);
  };
  return start(*call.group, call.outputs.at(0), call.inputs.at(0), call.output_splits, call.input_splits, call.options<c10d::AllToAllOptions>());
}

WorkPtr barrier(Call& call) { return call.group->barrier(call.options<c10d::BarrierOptions>()); }

WorkPtr send(Call& call) { return call.group->send(call.inputs, static_cast<int>(call.peer), static_cast<int>(call.tag)); }

WorkPtr recv(Call& call) {
  return call.peer < 0 ? call.group->recvAnysource(call.inputs, static_cast<int>(call.tag))
                       : call.group->recv(call.inputs, static_cast<int>(call.peer), static_cast<int>(call.tag));
}

const std::map<std::string, Start>& starts() {
  static const std::map<std::string, Start> table{
      {"allReduce", all_reduce},
      {"broadcast", broadcast},
      {"reduce", reduce},
      {"allGather", all_gather},
      {"allGatherIntoTensor", all_gather_into_tensor},
      {"gather", gather},
      {"scatter", scatter},
      {"reduceScatter", reduce_scatter},
      {"reduceScatterTensor", reduce_scatter_tensor},
      {"allToAll", all_to_all},
      {"allToAllSingle", all_to_all_single},
      {"barrier", barrier},
      {"send", send},
      {"recv", recv},
  };
  return table;
}

napi_value source_of(napi_env env, const WorkPtr& work, bool received) {
  return received ? napi_value(Napi::Number::New(env, work->sourceRank())) : napi_value(Napi::Env(env).Undefined());
}

// Begins the call that the arguments of `collective` below describe.
WorkPtr begin(const Napi::CallbackInfo& info, const std::string& name, Call& call) {
  const auto start = starts().find(name);
  if (start == starts().end()) throw ArgumentError("expected the name of a collective, found " + name);
  call = {group_of(info), tensors_of(info, 2), tensors_of(info, 3), static_cast<c10d::ReduceOp::RedOpType>(number_of(info, 4)),
          info[5].ToNumber().Int64Value(), timeout_of(info, 6), integers_of(info, 7), integers_of(info, 8), info[9].ToNumber().Int64Value()};
  const bool in_place = name == "allReduce" || name == "reduce" || name == "broadcast";
  check_layout(call.inputs, in_place);
  check_layout(call.outputs, in_place);
  const at::NoGradGuard no_grad;
  const WorkPtr work = start->second(call);
  // c10d does not count its writes; what was computed from the tensors before must not be taken for up to date.
  for (const Tensors* const written : {&call.inputs, &call.outputs}) {
    if (written == &call.inputs && !in_place && name != "recv") continue;
    for (const at::Tensor& tensor : *written)
      if (!tensor.is_inference()) tensor.unsafeGetTensorImpl()->bump_version();
  }
  return work;
}

// Whether a call is made by NCCL, which puts it onto a stream of the device.
bool is_on_stream(const Call& call) {
  if (call.group->getBackendType() != c10d::ProcessGroup::BackendType::NCCL) return false;
  for (const Tensors* const tensors : {&call.inputs, &call.outputs})
    if (!tensors->empty()) return tensors->front().is_cuda();
  return true;  // a barrier
}

// Of a call by NCCL: the time limit of the group, unless it has its own. Only with one does its wait end on the host.
std::chrono::milliseconds limit_on_stream(const Call& call) {
  return call.timeout.count() < 0 ? call.group->getBackend(c10::DeviceType::CUDA)->getBackendOptions()->timeout : call.timeout;
}

// collective(group, name, inputs, outputs, reduce operation, peer, timeout in ms or -1, input splits, output splits, tag): promise of the
// rank that sent what recv received, else of nothing. The call has begun when this returns, so that all ranks see one order.
Napi::Value collective(const Napi::CallbackInfo& info) {
  const std::string name = text_of(info, 1);
  Call call;
  const WorkPtr work = begin(info, name, call);
  Promises& promises = Distributed::of(info.Env()).promises;
  if (auto* const gloo = dynamic_cast<c10d::ProcessGroupGloo::AsyncWork*>(work.get()))
    return promises.when(*gloo->getFuture(), [work](napi_env env) {
      work->wait();  // is done; a device's stream learns of it
      return source_of(env, work, false);
    });
  const bool received = name == "recv";
  const bool on_stream = is_on_stream(call);
  // The work of this thread's stream goes on after the call's; a barrier is waited for on the host alone.
  if (on_stream && name != "barrier") work->synchronize();
  const auto timeout = on_stream ? limit_on_stream(call) : call.timeout.count() < 0 ? kNoTimeout : call.timeout;
  // What moves between two ranks is not held by the work of every backend.
  return promises.run([work, timeout, kept = call.inputs] { work->wait(timeout); }, [work, received](napi_env env) { return source_of(env, work, received); });
}

// collectiveStart(the arguments of collective): what collectiveWait takes
Napi::Value collective_start(const Napi::CallbackInfo& info) {
  Call call;
  auto work = std::make_unique<WorkPtr>(begin(info, text_of(info, 1), call));
  const auto external = Napi::External<WorkPtr>::New(info.Env(), work.get(), [](Napi::Env, WorkPtr* work) { delete work; });
  work.release();  // JavaScript has it now
  return external;
}

// collectiveWait(started): void; blocks until the call has ended
void collective_wait(const Napi::CallbackInfo& info) {
  if (!info[0].IsExternal()) throw ArgumentError("expected a call that was started");
  const WorkPtr work = std::exchange(*info[0].As<Napi::External<WorkPtr>>().Data(), nullptr);
  if (work) work->wait();
}

}  // namespace

void export_collectives(Napi::Env, Napi::Object exports) {
  export_function(exports, "collective", collective);
  export_function(exports, "collectiveStart", collective_start);
  export_function(exports, "collectiveWait", collective_wait);
}

}  // namespace torchts
