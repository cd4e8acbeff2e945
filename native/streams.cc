// Streams of an accelerator, and events on them, through libtorch's device-generic interface. A stream is its device and its
// id: libtorch keeps streams in pools of its own. Events are ours, held by number.
#include <ATen/DeviceAccelerator.h>
#include <c10/core/Event.h>
#include <c10/core/Stream.h>
#include <c10/core/impl/VirtualGuardImpl.h>

#include "accelerator.h"
#include "environment.h"
#include "exports.h"
#include "names.h"

namespace torchts {
namespace {

c10::Device device_at(const Napi::CallbackInfo& info, size_t position) { return accelerator_device(device_from_name(info[position].ToString())); }

// (device, id), from `position` on
c10::Stream stream_at(const Napi::CallbackInfo& info, size_t position) {
  if (!info[position + 1].IsBigInt()) throw ArgumentError("expected the id of a stream");
  bool lossless;
  return c10::Stream(c10::Stream::UNSAFE, device_at(info, position), info[position + 1].As<Napi::BigInt>().Int64Value(&lossless));
}

// [device, id]
Napi::Value pair_of(Napi::Env env, const c10::Stream& stream) {
  auto pair = Napi::Array::New(env, 2);
  pair[0u] = stream.device().str();
  pair[1u] = Napi::BigInt::New(env, static_cast<int64_t>(stream.id()));
  return pair;
}

c10::Event& event_at(const Napi::CallbackInfo& info, size_t position) {
  return Environment::of(info.Env()).events.get(info[position].ToNumber().Uint32Value());
}

// DeviceGuardImplInterface::getNewStream; newStream(device, priority): [device, id]
Napi::Value new_stream(const Napi::CallbackInfo& info) {
  const c10::Device device = device_at(info, 0);
  const c10::impl::VirtualGuardImpl guard(device.type());
  return pair_of(info.Env(), guard.getNewStream(device, info[1].ToNumber().Int32Value()));
}

// c10::Event; newEvent(device, timing): id
Napi::Value new_event(const Napi::CallbackInfo& info) {
  Environment& environment = Environment::of(info.Env());
  const auto flag = info[1].ToBoolean() ? c10::EventFlag::BACKEND_DEFAULT : c10::EventFlag::PYTORCH_DEFAULT;
  return Napi::Number::New(info.Env(), environment.events.add(c10::Event(device_at(info, 0).type(), flag)));
}

}  // namespace

void export_streams(Napi::Env, Napi::Object exports) {
  export_function(exports, "newStream", new_stream);
  // DeviceGuardImplInterface::getDefaultStream; defaultStream(device): [device, id]
  export_function(exports, "defaultStream", [](const Napi::CallbackInfo& info) {
    const c10::Device device = device_at(info, 0);
    return pair_of(info.Env(), c10::impl::VirtualGuardImpl(device.type()).getDefaultStream(device));
  });
  // at::accelerator::getCurrentStream; currentStream(device): [device, id]
  export_function(exports, "currentStream", [](const Napi::CallbackInfo& info) {
    return pair_of(info.Env(), at::accelerator::getCurrentStream(device_at(info, 0).index()));
  });
  // at::accelerator::setCurrentStream; setStream(device, id)
  export_function(exports, "setStream", [](const Napi::CallbackInfo& info) {
    at::accelerator::setCurrentStream(stream_at(info, 0));
    DeviceContext::changed();
  });
  // c10::Stream::query; streamQuery(device, id): whether its work is done
  export_function(exports, "streamQuery", [](const Napi::CallbackInfo& info) { return Napi::Boolean::New(info.Env(), stream_at(info, 0).query()); });
  // c10::Stream::synchronize; streamSynchronize(device, id)
  export_function(exports, "streamSynchronize", [](const Napi::CallbackInfo& info) { stream_at(info, 0).synchronize(); });
  // Tensor::record_stream; recordStream(handle, device, id)
  export_function(exports, "recordStream", [](const Napi::CallbackInfo& info) {
    const at::Tensor tensor = tensor_of(info);
    tensor.record_stream(stream_at(info, 1));
  });

  export_function(exports, "newEvent", new_event);
  // c10::Event::record; eventRecord(id, device, stream)
  export_function(exports, "eventRecord", [](const Napi::CallbackInfo& info) { event_at(info, 0).record(stream_at(info, 1)); });
  // c10::Event::block; eventWait(id, device, stream): the stream waits
  export_function(exports, "eventWait", [](const Napi::CallbackInfo& info) { event_at(info, 0).block(stream_at(info, 1)); });
  // c10::Event::query; eventQuery(id): whether the work before it is done
  export_function(exports, "eventQuery", [](const Napi::CallbackInfo& info) { return Napi::Boolean::New(info.Env(), event_at(info, 0).query()); });
  // c10::Event::synchronize; eventSynchronize(id): this thread waits
  export_function(exports, "eventSynchronize", [](const Napi::CallbackInfo& info) { event_at(info, 0).synchronize(); });
  // c10::Event::elapsedTime; eventElapsed(id, end): milliseconds
  export_function(exports, "eventElapsed", [](const Napi::CallbackInfo& info) {
    return Napi::Number::New(info.Env(), event_at(info, 0).elapsedTime(event_at(info, 1)));
  });
  // disposeEvent(id)
  export_function(exports, "disposeEvent", [](const Napi::CallbackInfo& info) { Environment::of(info.Env()).events.remove(info[0].ToNumber().Uint32Value()); });
}

}  // namespace torchts
