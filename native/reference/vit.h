// The Vision Transformer in torch::nn, written from transformers' modeling_vit.py: the twin of ts/models/vit.
#pragma once
#include <napi.h>

namespace reference {

// vitLayer(options, weights, input (B, N, D), inputShape, outputGradient): one block.
Napi::Value vit_layer(const Napi::CallbackInfo& info);
// vit(options, weights, pixelValues (B, C, H, W), inputShape, logitsGradient): images to logits.
Napi::Value vit(const Napi::CallbackInfo& info);

}  // namespace reference
