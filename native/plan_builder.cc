// Plans and pools of constants (plan.h) for JavaScript.
#include "background_queue.h"
#include "exports.h"
#include "external_memory.h"
#include "lifetime.h"
#include "memory_pressure.h"
#include "plan.h"
#include "wire.h"
#include "wire_reader.h"
#include "wire_writer.h"

namespace torchts {
namespace {

std::shared_ptr<ConstantPool> pool_of(const Napi::CallbackInfo& info) {
  return Environment::of(info.Env()).constant_pools.get(info[0].ToNumber().Uint32Value());
}
std::shared_ptr<Plan> plan_of(const Napi::CallbackInfo& info) {
  return Environment::of(info.Env()).plans.get(info[0].ToNumber().Uint32Value());
}

Operand::Kind operand_kind(int tag) { return tag == wire::kSlot ? Operand::Kind::Slot : Operand::Kind::Constant; }

// Turns the arguments of a call into those of a step: where a placeholder was read there is a hole.
class StepReader final : Placeholders {
 public:
  StepReader(const Napi::CallbackInfo& info, const Operator& op, const Napi::Value& strings)
      : op_(op), reader_(info.Env(), Environment::of(info.Env()), strings, this) {}

  at::Tensor make(int tag, size_t number) override {
    at::Tensor placeholder = at::empty({0});
    operands_.emplace_back(placeholder, Operand{operand_kind(tag), number});
    return placeholder;
  }

  Step read() {
    Step step;
    step.op = &op_;
    for (const Parameter& parameter : op_.parameters) {
      step.arguments.push_back(reader_.argument(parameter));
      find_holes(step, parameter);
    }
    return step;
  }

 private:
  Operand operand_of(const at::IValue& value) const {
    if (!value.isTensor()) return {};
    for (const auto& [placeholder, operand] : operands_)
      if (placeholder.is_same(value.toTensor())) return operand;
    throw ArgumentError("a step of a plan takes its tensors from slots and constants");
  }

  void find_holes(Step& step, const Parameter& parameter) const {
    at::IValue& argument = step.arguments.back();
    if (parameter.kind != Kind::Tensor || argument.isNone()) return;
    Step::Hole hole{step.arguments.size() - 1, argument.isList(), parameter.optional_element, {}};
    if (hole.is_list)
      for (const at::IValue& item : argument.toListRef()) hole.operands.push_back(operand_of(item));
    else hole.operands.push_back(operand_of(argument));
    argument = at::IValue();
    step.holes.push_back(std::move(hole));
  }

  const Operator& op_;
  WireReader reader_;
  std::vector<std::pair<at::Tensor, Operand>> operands_;
};

const Operator& operator_at(const Napi::CallbackInfo& info, size_t argument) {
  return Environment::of(info.Env()).operator_at(info[argument].ToNumber().Uint32Value());
}

std::vector<Operand> operands(const Napi::Value& slots) {
  std::vector<Operand> result;
  const auto list = slots.As<Napi::Array>();
  for (uint32_t i = 0; i < list.Length(); ++i) {
    const int64_t slot = list.Get(i).ToNumber().Int64Value();
    result.push_back(slot < 0 ? Operand{} : Operand{Operand::Kind::Slot, static_cast<size_t>(slot)});
  }
  return result;
}

// poolSource(pool, handle): number of the constant
Napi::Value pool_source(const Napi::CallbackInfo& info) {
  const at::Tensor tensor = tensor_of(info, 1);
  return Napi::Number::New(info.Env(), static_cast<double>(pool_of(info)->add_source(tensor)));
}

// poolStep(pool, operator, strings, count): the arguments on the wire; number of the first of `count` results
Napi::Value pool_step(const Napi::CallbackInfo& info) {
  Step step = StepReader(info, operator_at(info, 1), info[2]).read();
  step.results.resize(info[3].ToNumber().Uint32Value());
  const size_t first = pool_of(info)->add_step(std::move(step));
  report_memory(info.Env());
  return Napi::Number::New(info.Env(), static_cast<double>(first));
}

// poolDrop(pool, numbers)
void pool_drop(const Napi::CallbackInfo& info) {
  std::vector<size_t> numbers;
  const auto list = info[1].As<Napi::Array>();
  for (uint32_t i = 0; i < list.Length(); ++i) numbers.push_back(list.Get(i).ToNumber().Uint32Value());
  pool_of(info)->drop(numbers);
  report_memory(info.Env());
}

// planNew(pool): number of a plan; its inputs on the wire, as examples
Napi::Value plan_new(const Napi::CallbackInfo& info) {
  auto plan = std::make_shared<Plan>(pool_of(info));
  for (const at::Tensor& input : WireReader(info.Env(), Environment::of(info.Env()), nullptr).tensors()) plan->add_input(input);
  return Napi::Number::New(info.Env(), Environment::of(info.Env()).plans.add(std::move(plan)));
}

// planStep(plan, operator, strings, results, guard?): the arguments on the wire; results by their slots, -1 for none
void plan_step(const Napi::CallbackInfo& info) {
  Step step = StepReader(info, operator_at(info, 1), info[2]).read();
  step.results = operands(info[3]);
  if (info[4].IsBoolean()) step.guard = info[4].ToBoolean();
  plan_of(info)->add_step(std::move(step));
}

// planFinish(plan, slots): what the plan gives
void plan_finish(const Napi::CallbackInfo& info) { plan_of(info)->finish(operands(info[1])); }

// What a run gives: its outcome and the outputs.
void write_run(WireWriter& out, const Plan::Run& run) {
  out.put(static_cast<double>(static_cast<int>(run.outcome)));
  for (const at::Tensor& output : run.outputs) out.tensor(output);
}

// planRun(plan): the inputs on the wire; then the outcome (Plan::Outcome), and where that is Done the outputs
Napi::Value plan_run(const Napi::CallbackInfo& info) {
  Environment& environment = Environment::of(info.Env());
  const auto plan = plan_of(info);
  auto inputs = WireReader(info.Env(), environment, nullptr).tensors();
  for (at::Tensor& input : inputs) copy_external_integers(input);
  release_collected(environment);
  const Plan::Run run = plan->run(inputs);
  const double* const before = environment.wire;
  WireWriter out(info.Env(), environment);
  write_run(out, run);
  report_memory(info.Env());
  const napi_value extra = out.extra(environment.wire != before);
  return extra ? Napi::Value(info.Env(), extra) : info.Env().Undefined();
}

// The same in the background queue; planRunAsync(plan): { id, promise of { wire } }
Napi::Value plan_run_async(const Napi::CallbackInfo& info) {
  const auto plan = plan_of(info);
  const auto inputs = std::make_shared<std::vector<at::Tensor>>(WireReader(info.Env(), Environment::of(info.Env()), nullptr).tensors());
  for (at::Tensor& input : *inputs) copy_external_integers(input);
  const auto run = std::make_shared<Plan::Run>();
  return Napi::Value(info.Env(), submit_work(
      info.Env(),
      [=] {
        *run = plan->run(*inputs);
        inputs->clear();
      },
      [run](napi_env env) { return on_own_wire(env, [&](WireWriter& out) { write_run(out, *run); }); }));
}

}  // namespace

void export_plans(Napi::Env, Napi::Object exports) {
  // poolNew(): number of a pool of constants
  export_function(exports, "poolNew", [](const Napi::CallbackInfo& info) {
    return Napi::Number::New(info.Env(), Environment::of(info.Env()).constant_pools.add(std::make_shared<ConstantPool>()));
  });
  export_function(exports, "poolSource", pool_source);
  export_function(exports, "poolStep", pool_step);
  export_function(exports, "poolDrop", pool_drop);
  // poolWitness(pool, handle)
  export_function(exports, "poolWitness", [](const Napi::CallbackInfo& info) { pool_of(info)->add_witness(at::Tensor(tensor_of(info, 1))); });
  // poolGet(pool, number): handle
  export_function(exports, "poolGet", [](const Napi::CallbackInfo& info) {
    return handle_of(info.Env(), pool_of(info)->get(info[1].ToNumber().Uint32Value()));
  });
  // poolFree(pool): void
  export_function(exports, "poolFree", [](const Napi::CallbackInfo& info) {
    Environment::of(info.Env()).constant_pools.remove(info[0].ToNumber().Uint32Value());
  });
  export_function(exports, "planNew", plan_new);
  export_function(exports, "planStep", plan_step);
  export_function(exports, "planFinish", plan_finish);
  export_function(exports, "planRun", plan_run);
  export_function(exports, "planRunAsync", plan_run_async);
  // planFree(plan): void
  export_function(exports, "planFree", [](const Napi::CallbackInfo& info) { Environment::of(info.Env()).plans.remove(info[0].ToNumber().Uint32Value()); });
}

}  // namespace torchts
