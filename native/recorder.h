// Notes which operators JavaScript calls during one forward, so that a plan (plan.h) can call them again for other values.
#pragma once
#include <ATen/core/Tensor.h>
#include <ATen/core/ivalue.h>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "handle_table.h"
#include "operator.h"

namespace torchts {

// An argument or a result of a recorded call.
struct Recorded {
  enum class Kind { Value, List, Plain };
  Kind kind = Kind::Plain;
  int32_t value = -1;           // of Kind::Value: the number of a tensor
  std::vector<Recorded> items;  // of Kind::List, where tensors are among them
  at::IValue plain;             // of Kind::Plain: anything without tensors
};

class Recorder {
 public:
  // How a tensor came into the recording.
  enum class Origin { Input, Constant, Made };

  // A tensor by its number. It is not held, unless it is a constant: a recording must not need more memory than the forward.
  struct Value {
    Origin origin;
    at::ScalarType dtype;
    std::vector<int64_t> sizes, strides;
    int32_t storage;     // the number of its memory: views have that of their base
    at::Tensor constant;
    c10::weak_intrusive_ptr<c10::TensorImpl, c10::UndefinedTensorImpl> alive;
    bool fresh = false;  // a constant that was made from JavaScript data during the recording
  };

  struct Call {
    const Operator* op;
    std::vector<Recorded> arguments;
    std::vector<Recorded> results;
    std::string module;         // the path of the module whose forward ran
    std::optional<bool> guard;  // the operator gave this to JavaScript, which may have chosen by it
  };

  // `known`: the tensors that exist, of which any may turn out to be a constant.
  Recorder(const HandleTable& known, const std::vector<at::Tensor>& inputs);

  void enter(std::string module) { module_ = std::move(module); }
  // Ends the recording: no plan can do what the forward does next. The first reason counts.
  void refuse(const std::string& reason);
  // A tensor made from JavaScript data.
  void made(const at::Tensor& tensor);

  // Around each call of an operator: `before` with its arguments, `after` with what came of it.
  void before(const Operator& op, const at::IValue* arguments, size_t count);
  void after(const at::IValue* results, size_t count);

  // The number of a tensor that the forward returned, or -1 where no operator made it.
  int32_t number_of(const at::Tensor& tensor);
  // Refuses where the forward has written to a constant, or holds what it made of the inputs.
  void finish(const std::vector<at::Tensor>& outputs);

  const std::string& refusal() const { return refusal_; }
  const std::vector<Value>& values() const { return values_; }
  const std::vector<Call>& calls() const { return calls_; }

 private:
  int32_t add(const at::Tensor& tensor, Origin origin);
  int32_t storage_number(const at::Tensor& tensor);
  int32_t argument_number(const at::Tensor& tensor);
  Recorded recorded(const at::IValue& value, bool is_result);
  bool writes(const Operator& op, size_t argument) const;
  void check(const Operator& op, const at::IValue* arguments, size_t count);
  void refuse_write(const Operator& op, const at::IValue& argument);

  std::string module_, refusal_;
  std::vector<Value> values_;
  std::vector<Call> calls_;
  std::optional<Call> current_;
  std::unordered_map<const c10::TensorImpl*, int32_t> numbers_;
  std::unordered_map<const c10::StorageImpl*, int32_t> storages_;
  std::unordered_set<const c10::TensorImpl*> known_;
  // Keep the addresses above from being used again.
  std::vector<c10::weak_intrusive_ptr<c10::TensorImpl, c10::UndefinedTensorImpl>> known_alive_;
  std::vector<c10::weak_intrusive_ptr<c10::StorageImpl>> storages_alive_;
  std::unordered_map<int32_t, uint32_t> versions_;  // of the constants, when they were met
  std::vector<bool> depends_;                       // by number: computed from an input
};

struct Environment;
// Where a forward is recorded: see Recorder::refuse.
void refuse_recording(Environment& environment, const char* reason);

}  // namespace torchts
