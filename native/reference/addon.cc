// The exports of the twins; nothing else.
#include "vit.h"

static Napi::Object init(Napi::Env env, Napi::Object exports) {
  exports.Set("vitLayer", Napi::Function::New(env, reference::vit_layer));
  exports.Set("vit", Napi::Function::New(env, reference::vit));
  return exports;
}

NODE_API_MODULE(torchts_reference, init)
