// The export table of the second addon, for torch.distributed; nothing else.
#include "../exports.h"
#include "../guard.h"
#include "state.h"

namespace torchts {

Distributed& Distributed::of(napi_env env) {
  void* data = nullptr;
  napi_get_instance_data(env, &data);
  if (data == nullptr) throw ArgumentError("expected attach() before any other call");
  return *static_cast<Distributed*>(data);
}

namespace {

// attach(extension): what ../extension.h says, of the first addon in this thread
void attach(const Napi::CallbackInfo& info) {
  if (!info[0].IsExternal()) throw ArgumentError("expected the table of the first addon");
  const auto& extension = *info[0].As<Napi::External<Extension>>().Data();
  if (extension.magic != Extension::kMagic) throw ArgumentError("the two addons of torchts are not of one build: build both anew");
  // The table lives as long as the thread.
  napi_ref kept;
  napi_create_reference(info.Env(), info[0], 1, &kept);
  napi_set_instance_data(info.Env(), new Distributed(info.Env(), extension), nullptr, nullptr);
}

Napi::Object load(Napi::Env env, Napi::Object exports) {
  export_function(exports, "attach", attach);
  export_stores(env, exports);
  export_groups(env, exports);
  export_collectives(env, exports);
  export_reducers(env, exports);
  return exports;
}

}  // namespace
}  // namespace torchts

using torchts::load;
NODE_API_MODULE(torchts_distributed, load)
