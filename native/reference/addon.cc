// The exports of the twins; nothing else.
#include "pretend.h"
#include "vit.h"

static Napi::Object init(Napi::Env env, Napi::Object exports) {
  exports.Set("vitLayer", Napi::Function::New(env, reference::vit_layer));
  exports.Set("vit", Napi::Function::New(env, reference::vit));
  exports.Set("pretend", Napi::Function::New(env, reference::pretend));
  exports.Set("journal", Napi::Function::New(env, reference::journal));
  return exports;
}

NODE_API_MODULE(torchts_reference, init)
