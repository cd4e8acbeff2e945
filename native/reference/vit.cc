#include "vit.h"

#include <ATen/ops/cat.h>
#include <ATen/ops/gelu.h>
#include <ATen/ops/scaled_dot_product_attention.h>
#include <ATen/ops/zeros.h>
#include <cmath>
#include <torch/nn/modules/container/modulelist.h>
#include <torch/nn/modules/conv.h>
#include <torch/nn/modules/linear.h>
#include <torch/nn/modules/normalization.h>

#include "twin.h"

namespace reference {
namespace {

namespace nn = torch::nn;

struct Config {
  int64_t hidden_size, num_layers, num_heads, intermediate_size, image_size, patch_size, num_channels, num_labels;
  double layer_norm_eps;

  explicit Config(const Napi::Object& options)
      : hidden_size(integer(options, "hiddenSize")),
        num_layers(integer(options, "numHiddenLayers")),
        num_heads(integer(options, "numAttentionHeads")),
        intermediate_size(integer(options, "intermediateSize")),
        image_size(integer(options, "imageSize")),
        patch_size(integer(options, "patchSize")),
        num_channels(integer(options, "numChannels")),
        num_labels(integer(options, "numLabels")),
        layer_norm_eps(number(options, "layerNormEps")) {}

  nn::LayerNorm layer_norm() const { return nn::LayerNorm(nn::LayerNormOptions({hidden_size}).eps(layer_norm_eps)); }
};

struct SelfAttentionImpl : nn::Module {
  int64_t head_width;
  nn::Linear query, key, value;

  explicit SelfAttentionImpl(const Config& c)
      : head_width(c.hidden_size / c.num_heads),
        query(register_module("query", nn::Linear(c.hidden_size, c.hidden_size))),
        key(register_module("key", nn::Linear(c.hidden_size, c.hidden_size))),
        value(register_module("value", nn::Linear(c.hidden_size, c.hidden_size))) {}

  at::Tensor heads(nn::Linear& layer, const at::Tensor& x) {
    return layer(x).view({x.size(0), x.size(1), -1, head_width}).transpose(1, 2);  // (B, nh, N, hd)
  }

  at::Tensor forward(const at::Tensor& x) {
    // One after the other: C++ may evaluate arguments in any order, and the order in which the three are recorded is the
    // order in which their gradients are summed.
    at::Tensor q = heads(query, x), k = heads(key, x), v = heads(value, x);
    at::Tensor mixed = at::scaled_dot_product_attention(q, k, v, {}, 0.0, false, std::pow(static_cast<double>(head_width), -0.5));
    return mixed.transpose(1, 2).reshape({x.size(0), x.size(1), -1});  // (B, N, D)
  }
};
TORCH_MODULE(SelfAttention);

// The hub's names put some layers one level down, as `dense`.
struct DenseImpl : nn::Module {
  nn::Linear dense;
  DenseImpl(int64_t in, int64_t out) : dense(register_module("dense", nn::Linear(in, out))) {}
  at::Tensor forward(const at::Tensor& x) { return dense(x); }
};
TORCH_MODULE(Dense);

struct AttentionImpl : nn::Module {
  SelfAttention attention;
  Dense output;

  explicit AttentionImpl(const Config& c)
      : attention(register_module("attention", SelfAttention(c))),
        output(register_module("output", Dense(c.hidden_size, c.hidden_size))) {}

  at::Tensor forward(const at::Tensor& x) { return output(attention(x)); }
};
TORCH_MODULE(Attention);

struct LayerImpl : nn::Module {
  Attention attention;
  nn::LayerNorm layernorm_before, layernorm_after;
  Dense intermediate, output;

  explicit LayerImpl(const Config& c)
      : attention(register_module("attention", Attention(c))),
        layernorm_before(register_module("layernorm_before", c.layer_norm())),
        layernorm_after(register_module("layernorm_after", c.layer_norm())),
        intermediate(register_module("intermediate", Dense(c.hidden_size, c.intermediate_size))),
        output(register_module("output", Dense(c.intermediate_size, c.hidden_size))) {}

  at::Tensor forward(const at::Tensor& x) {
    at::Tensor attended = attention(layernorm_before(x)) + x;
    return output(at::gelu(intermediate(layernorm_after(attended)))) + attended;
  }
};
TORCH_MODULE(Layer);

struct EncoderImpl : nn::Module {
  nn::ModuleList layer;

  explicit EncoderImpl(const Config& c) : layer(register_module("layer", nn::ModuleList())) {
    for (int64_t i = 0; i < c.num_layers; ++i) layer->push_back(Layer(c));
  }

  at::Tensor forward(at::Tensor x) {
    for (const auto& block : *layer) x = block->as<LayerImpl>()->forward(x);
    return x;
  }
};
TORCH_MODULE(Encoder);

struct PatchEmbeddingsImpl : nn::Module {
  nn::Conv2d projection;

  explicit PatchEmbeddingsImpl(const Config& c)
      : projection(register_module(
            "projection", nn::Conv2d(nn::Conv2dOptions(c.num_channels, c.hidden_size, c.patch_size).stride(c.patch_size)))) {}

  at::Tensor forward(const at::Tensor& images) { return projection(images).flatten(2).transpose(1, 2); }  // (B, N, D)
};
TORCH_MODULE(PatchEmbeddings);

struct EmbeddingsImpl : nn::Module {
  at::Tensor cls_token, position_embeddings;
  PatchEmbeddings patch_embeddings;

  explicit EmbeddingsImpl(const Config& c) : patch_embeddings(register_module("patch_embeddings", PatchEmbeddings(c))) {
    int64_t side = c.image_size / c.patch_size;
    cls_token = register_parameter("cls_token", at::zeros({1, 1, c.hidden_size}));
    position_embeddings = register_parameter("position_embeddings", at::zeros({1, 1 + side * side, c.hidden_size}));
  }

  at::Tensor forward(const at::Tensor& images) {
    at::Tensor patches = patch_embeddings(images);
    return at::cat({cls_token.expand({images.size(0), -1, -1}), patches}, 1) + position_embeddings;  // (B, 1 + N, D)
  }
};
TORCH_MODULE(Embeddings);

struct BackboneImpl : nn::Module {
  Embeddings embeddings;
  Encoder encoder;
  nn::LayerNorm layernorm;

  explicit BackboneImpl(const Config& c)
      : embeddings(register_module("embeddings", Embeddings(c))),
        encoder(register_module("encoder", Encoder(c))),
        layernorm(register_module("layernorm", c.layer_norm())) {}

  at::Tensor forward(const at::Tensor& images) { return layernorm(encoder(embeddings(images))); }
};
TORCH_MODULE(Backbone);

struct ClassifierImpl : nn::Module {
  Backbone vit;
  nn::Linear classifier;

  explicit ClassifierImpl(const Config& c)
      : vit(register_module("vit", Backbone(c))), classifier(register_module("classifier", nn::Linear(c.hidden_size, c.num_labels))) {}

  at::Tensor forward(const at::Tensor& images) { return classifier(vit(images).select(1, 0)); }  // (B, K)
};
TORCH_MODULE(Classifier);

template <typename Holder>
Napi::Value run(const Napi::CallbackInfo& info) {
  return guarded(info, [&] {
    Holder module(Config(info[0].As<Napi::Object>()));
    return run_twin(info, *module, [&](const at::Tensor& input) { return module(input); });
  });
}

}  // namespace

Napi::Value vit_layer(const Napi::CallbackInfo& info) { return run<Layer>(info); }
Napi::Value vit(const Napi::CallbackInfo& info) { return run<Classifier>(info); }

}  // namespace reference
