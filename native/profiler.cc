// Times of operators and autograd's functions, through libtorch's own observers.
#include <ATen/record_function.h>
#include <c10/util/ThreadLocalDebugInfo.h>
#include <chrono>
#include <mutex>
#include <sstream>
#include <unordered_map>

#include "exports.h"

namespace torchts {
namespace {

using Clock = std::chrono::steady_clock;

// Each text once, with a number: names repeat by the thousand.
class Texts {
 public:
  uint32_t number(const std::string& text) {
    const auto [found, fresh] = numbers_.emplace(text, static_cast<uint32_t>(all_.size()));
    if (fresh) all_.push_back(text);
    return found->second;
  }
  const std::vector<std::string>& all() const { return all_; }

 private:
  std::unordered_map<std::string, uint32_t> numbers_;
  std::vector<std::string> all_;
};

struct Event {
  uint32_t name, shapes;
  uint64_t thread;
  double start, duration, own;  // microseconds; `own` without the calls inside
};

// What one profile has seen. libtorch carries it along to the threads that work for this one.
struct Profile final : c10::DebugInfoBase, std::enable_shared_from_this<Profile> {
  explicit Profile(bool with_shapes) : shapes(with_shapes) {}
  const bool shapes;
  const Clock::time_point start = Clock::now();
  std::mutex mutex;
  Texts texts;
  std::vector<Event> events;
};

// The one kind that every libtorch from 2.11 on has and that nobody else reads.
c10::DebugInfoKind slot() { return c10::DebugInfoKind::TEST_INFO; }

struct Running;
thread_local Running* innermost = nullptr;

struct Running final : at::ObserverContext {
  std::shared_ptr<Profile> profile;  // a call may end after the profile in which it began
  std::string name, shapes;
  bool nested;  // within `outer`, if there is any
  Running* outer = nullptr;
  Clock::duration inside{0};
  Clock::time_point start;
};

void print_shape(std::ostream& out, const at::IValue& value) {
  if (value.isTensor() && value.toTensor().defined()) out << value.toTensor().sizes();
  else if (value.isTensorList()) {
    out << '[';
    const char* comma = "";
    for (const at::Tensor& tensor : value.toTensorVector()) out << std::exchange(comma, ", ") << tensor.sizes();
    out << ']';
  } else out << "[]";
}

std::string shapes_of(c10::ArrayRef<const at::IValue> inputs) {
  std::ostringstream out;
  out << '[';
  const char* comma = "";
  for (const at::IValue& input : inputs) {
    out << std::exchange(comma, ", ");
    print_shape(out, input);
  }
  out << ']';
  return out.str();
}

std::unique_ptr<at::ObserverContext> begin(const at::RecordFunction& function) {
  auto* const profile = static_cast<Profile*>(c10::ThreadLocalDebugInfo::get(slot()));
  if (!profile) return nullptr;
  auto running = std::make_unique<Running>();
  running->profile = profile->shared_from_this();
  running->name = function.name();
  if (profile->shapes) running->shapes = shapes_of(function.inputs());
  // One that is asynchronous, such as a call to other processes, may end later and on another thread.
  running->nested = !function.isAsync();
  if (running->nested) running->outer = std::exchange(innermost, running.get());
  running->start = Clock::now();
  return running;
}

double microseconds(Clock::duration time) { return std::chrono::duration<double, std::micro>(time).count(); }

void finish(const at::RecordFunction&, at::ObserverContext* context) {
  const auto now = Clock::now();
  auto* const running = static_cast<Running*>(context);
  if (!running) return;
  const auto duration = now - running->start;
  if (running->nested) innermost = running->outer;
  if (running->outer) running->outer->inside += duration;
  Profile& profile = *running->profile;
  const std::lock_guard<std::mutex> lock(profile.mutex);
  profile.events.push_back({profile.texts.number(running->name), profile.texts.number(running->shapes),
                            at::RecordFunction::currentThreadId(), microseconds(running->start - profile.start),
                            microseconds(duration), microseconds(duration - running->inside)});
}

thread_local at::CallbackHandle observer = 0;  // of the profile that runs on this thread, 0 for none

// at::addThreadLocalCallback; startProfile(shapes): a handle for stopProfile
Napi::Value start(const Napi::CallbackInfo& info) {
  if (observer != 0) throw ArgumentError("a profile is running on this thread already");
  const bool shapes = info[0].ToBoolean();
  c10::ThreadLocalDebugInfo::_push(slot(), std::make_shared<Profile>(shapes));
  observer = at::addThreadLocalCallback(
      at::RecordFunctionCallback(begin, finish)
          .needsInputs(shapes)
          .scopes({at::RecordScope::FUNCTION, at::RecordScope::BACKWARD_FUNCTION, at::RecordScope::USER_SCOPE}));
  return Napi::Number::New(info.Env(), static_cast<double>(observer));
}

// stopProfile(handle): { texts, events }, an event being name, shapes, thread, start, duration, own time; times in microseconds
Napi::Value stop(const Napi::CallbackInfo& info) {
  if (observer == 0 || info[0].ToNumber().DoubleValue() != static_cast<double>(observer)) throw ArgumentError("no such profile is running on this thread");
  at::removeCallback(std::exchange(observer, 0));
  const auto kept = c10::ThreadLocalDebugInfo::_pop(slot());
  auto& profile = static_cast<Profile&>(*kept);
  const std::lock_guard<std::mutex> lock(profile.mutex);
  auto texts = Napi::Array::New(info.Env());
  for (uint32_t i = 0; i < profile.texts.all().size(); ++i) texts[i] = profile.texts.all()[i];
  auto events = Napi::Float64Array::New(info.Env(), profile.events.size() * 6);
  double* cell = events.Data();
  for (const Event& event : profile.events)
    for (const double value : {double(event.name), double(event.shapes), double(event.thread), event.start, event.duration, event.own})
      *cell++ = value;
  auto result = Napi::Object::New(info.Env());
  result["texts"] = texts;
  result["events"] = events;
  return result;
}

thread_local std::vector<std::unique_ptr<at::RecordFunction>> ranges;

// at::RecordFunction; enterRange(name): what runs until leaveRange() is inside
void enter_range(const Napi::CallbackInfo& info) {
  const std::string name = info[0].ToString();
  auto range = std::make_unique<at::RecordFunction>(at::RecordScope::USER_SCOPE);
  if (range->isActive()) range->before(std::string_view(name));
  ranges.push_back(std::move(range));
}

}  // namespace

void export_profiler(Napi::Env, Napi::Object exports) {
  export_function(exports, "startProfile", start);
  export_function(exports, "stopProfile", stop);
  export_function(exports, "enterRange", enter_range);
  // leaveRange(): the innermost
  export_function(exports, "leaveRange", [](const Napi::CallbackInfo&) {
    if (!ranges.empty()) ranges.pop_back();
  });
}

}  // namespace torchts
