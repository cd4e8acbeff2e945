"""DETR as its authors publish it (facebookresearch/detr): their parameter names, torch's own multi-head attention, their way
to auxiliary outputs. Only what a checkpoint of theirs needs, to be an oracle that shares nothing with transformers.
"""

import math

import torch
from torch import nn

from reference_resnet import PlainResNet


class Layer(nn.Module):
    def __init__(self, width: int, heads: int, hidden: int, decodes: bool):
        super().__init__()
        self.self_attn = nn.MultiheadAttention(width, heads, batch_first=True)
        if decodes:
            self.multihead_attn = nn.MultiheadAttention(width, heads, batch_first=True)
        self.linear1, self.linear2 = nn.Linear(width, hidden), nn.Linear(hidden, width)
        self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)
        if decodes:
            self.norm3 = nn.LayerNorm(width)

    def mlp(self, x):
        return self.linear2(self.linear1(x).relu())

    def encode(self, x, place, padded):
        placed = x + place
        x = self.norm1(x + self.self_attn(placed, placed, x, key_padding_mask=padded)[0])
        return self.norm2(x + self.mlp(x))

    def decode(self, x, query, memory, place, padded):
        placed = x + query
        x = self.norm1(x + self.self_attn(placed, placed, x)[0])
        x = self.norm2(x + self.multihead_attn(x + query, memory + place, memory, key_padding_mask=padded)[0])
        return self.norm3(x + self.mlp(x))


class Stack(nn.Module):
    def __init__(self, layers: list[Layer], norm: nn.Module | None = None):
        super().__init__()
        self.layers = nn.ModuleList(layers)
        if norm is not None:
            self.norm = norm


class Transformer(nn.Module):
    def __init__(self, width: int, heads: int, hidden: int, encoders: int, decoders: int):
        super().__init__()
        self.encoder = Stack([Layer(width, heads, hidden, False) for _ in range(encoders)])
        self.decoder = Stack([Layer(width, heads, hidden, True) for _ in range(decoders)], nn.LayerNorm(width))

    def forward(self, x, padded, queries, place):
        for layer in self.encoder.layers:
            x = layer.encode(x, place, padded)
        query = queries.expand(len(x), -1, -1)
        found, outputs = torch.zeros_like(query), []
        for layer in self.decoder.layers:
            found = layer.decode(found, query, x, place, padded)
            outputs.append(self.decoder.norm(found))
        return torch.stack(outputs)


class Body(nn.Module):
    def __init__(self, resnet: PlainResNet):
        super().__init__()
        self.body = resnet


class LearnedPlaces(nn.Module):
    def __init__(self, half: int):
        super().__init__()
        self.row_embed, self.col_embed = nn.Embedding(50, half), nn.Embedding(50, half)

    def forward(self, padded):
        batch, height, width = padded.shape
        columns = self.col_embed.weight[None, :width].expand(height, -1, -1)
        rows = self.row_embed.weight[:height, None].expand(-1, width, -1)
        return torch.cat([columns, rows], -1).flatten(0, 1).expand(batch, -1, -1)


class SinePlaces(nn.Module):
    def __init__(self, half: int):
        super().__init__()
        self.half = half

    def forward(self, padded):
        counts = [(~padded).cumsum(axis, dtype=torch.float32) for axis in (1, 2)]
        ends = [counts[0][:, -1:, :], counts[1][:, :, -1:]]
        wavelength = 10000 ** (2 * (torch.arange(self.half) // 2) / self.half)
        parts = []
        for count, end in zip(counts, ends):
            angle = (count / (end + 1e-6) * 2 * math.pi)[..., None] / wavelength
            parts.append(torch.stack([angle[..., 0::2].sin(), angle[..., 1::2].cos()], -1).flatten(3))
        return torch.cat(parts, 3).flatten(1, 2)


class Mlp(nn.Module):
    def __init__(self, width: int):
        super().__init__()
        self.layers = nn.ModuleList([nn.Linear(width, width), nn.Linear(width, width), nn.Linear(width, 4)])

    def forward(self, x):
        return self.layers[2](self.layers[1](self.layers[0](x).relu()).relu())


class AuthorsDetr(nn.Module):
    def __init__(self, resnet: PlainResNet, channels: int, width: int, heads: int, hidden: int, encoders: int, decoders: int,
                 queries: int, classes: int, learned: bool = False):
        super().__init__()
        self.transformer = Transformer(width, heads, hidden, encoders, decoders)
        self.class_embed, self.bbox_embed = nn.Linear(width, classes + 1), Mlp(width)
        self.query_embed = nn.Embedding(queries, width)
        self.input_proj = nn.Conv2d(channels, width, 1)
        self.backbone = nn.Sequential(Body(resnet), LearnedPlaces(width // 2) if learned else SinePlaces(width // 2))

    def forward(self, pixels, padding):
        """padding (B, H, W), true where nothing is; logits and boxes of every decoder layer."""
        features = self.backbone[0].body(pixels)[-1]
        padded = nn.functional.interpolate(padding[None].float(), size=features.shape[-2:]).bool()[0]
        place = self.backbone[1](padded)
        tokens = self.input_proj(features).flatten(2).transpose(1, 2)
        hidden = self.transformer(tokens, padded.flatten(1), self.query_embed.weight, place)
        return self.class_embed(hidden), self.bbox_embed(hidden).sigmoid()
