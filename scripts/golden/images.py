"""Image files of every kind that is decoded, what Pillow makes of them, and what the reference processors do.

Writes test/golden/images/* (the files), images.safetensors (their pixels, (H, W, 3) uint8) and
processor.safetensors (resized and normalised). Needs pillow and transformers.

transformers has two ViT processors: one on torchvision (the default, here called `torch`) and one on
Pillow (what it falls back to where torchvision is absent). torchvision resizes uint8 by
`torch.nn.functional.interpolate(antialias=True)` on uint8, then normalises in place with mean and
std multiplied by 255; these calls are made here directly, so torchvision itself is not needed.
"""

import io

import numpy as np
import torch
import torch.nn.functional as F
from common import GOLDEN, save_json, save_tensors
from PIL import Image, ImageCms, ImageOps
from transformers.models.vit.image_processing_pil_vit import ViTImageProcessorPil

FILES = GOLDEN / "images"
MODES = {2: "bilinear", 3: "bicubic"}


def scene(height: int, width: int) -> np.ndarray:
    """An image with gradients, edges and some noise, (H, W, 3) uint8."""
    rng = np.random.default_rng(7)
    y, x = np.mgrid[0:height, 0:width].astype(np.float64)
    waves = [127 + 120 * np.sin(x / 7 + y / 13), 127 + 120 * np.cos(x / 5 - y / 9), 255 * x * y / (height * width)]
    pixels = np.stack(waves, -1) + rng.normal(0, 6, (height, width, 3))
    disc = (y - height * 0.45) ** 2 + (x - width * 0.55) ** 2 < (min(height, width) * 0.25) ** 2
    pixels[disc] = [230, 180, 140]
    return np.clip(pixels, 0, 255).astype(np.uint8)


def pattern(height: int, width: int) -> np.ndarray:
    """Pixels that the TypeScript test computes by the same integer formula, (H, W, 3) uint8."""
    y, x, c = np.mgrid[0:height, 0:width, 0:3]
    return ((x * 7 + y * 13 + c * 29 + ((x * y) >> 3) + ((x >> 3) ^ (y >> 3)) * 31) & 255).astype(np.uint8)


def write_files() -> None:
    FILES.mkdir(parents=True, exist_ok=True)
    rgb = Image.fromarray(scene(47, 61))
    grey = rgb.convert("L")
    alpha = np.random.default_rng(8).integers(0, 256, (47, 61), dtype=np.uint8)
    rgb.save(FILES / "rgb.jpg", quality=90)
    rgb.save(FILES / "rgb-444.jpg", quality=90, subsampling=0)
    rgb.save(FILES / "progressive.jpg", quality=85, progressive=True)
    grey.save(FILES / "grey.jpg", quality=90)
    rgb.convert("CMYK").save(FILES / "cmyk.jpg", quality=90)
    rgb.save(FILES / "profile.jpg", quality=90, icc_profile=srgb_profile())
    for orientation in range(2, 9):
        exif = Image.Exif()
        exif[0x0112] = orientation
        rgb.save(FILES / f"exif-{orientation}.jpg", quality=90, exif=exif)
    rgb.quantize(32).save(FILES / "palette.png")
    rgb.quantize(32).save(FILES / "palette-transparent.png", transparency=3)
    grey.save(FILES / "grey.png")
    grey.convert("1").save(FILES / "one-bit.png")
    rgb.save(FILES / "rgb.gif")
    rgb.save(FILES / "rgb.webp", quality=80)
    rgb.convert("CMYK").save(FILES / "cmyk.tif", compression="tiff_lzw")
    write_transparent(rgb)
    for name, image in {"alpha.png": rgb.copy(), "grey-alpha.png": grey.copy()}.items():
        image.putalpha(Image.fromarray(alpha))
        image.save(FILES / name)


def write_transparent(rgb: Image.Image) -> None:
    """Palettes and colours that stand for nothing, 16 bits a channel, animations: colours under transparency count."""
    small = rgb.resize((23, 17))
    coloured, other = small.quantize(16), small.transpose(Image.Transpose.ROTATE_180).quantize(16)
    coloured.save(FILES / "transparent.gif", transparency=3)
    coloured.save(FILES / "interlaced.gif", transparency=5, interlace=1)
    coloured.save(FILES / "animated.gif", save_all=True, append_images=[other], transparency=2, disposal=2, duration=50)
    small.convert("L").save(FILES / "grey.gif")
    for name, options in {"frame.gif": {}, "frame-transparent.gif": {"transparency": 7}}.items():
        data = bytearray(gif_bytes(coloured, **options))
        data[6:10] = (30).to_bytes(2, "little") + (25).to_bytes(2, "little")  # the canvas is larger than its only frame
        (FILES / name).write_bytes(data)
    coloured.save(FILES / "palette-alpha.png", transparency=bytes(range(0, 256, 16)))
    small.save(FILES / "rgb-key.png", transparency=small.getpixel((4, 4)))
    small.convert("L").save(FILES / "grey-key.png", transparency=small.convert("L").getpixel((4, 4)))
    small.convert("LA").save(FILES / "la.png")
    small.convert("PA").convert("RGBA").save(FILES / "pa.png")


def gif_bytes(image: Image.Image, **options) -> bytes:
    with io.BytesIO() as file:
        image.save(file, format="GIF", **options)
        return file.getvalue()


def srgb_profile() -> bytes:
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    # The time of creation, which would make each run of this script write other bytes.
    profile[24:36] = bytes(12)
    return bytes(profile)


def upright_rgb(path) -> Image.Image:
    return ImageOps.exif_transpose(Image.open(path)).convert("RGB")


def torch_resize(pixels: np.ndarray, height: int, width: int, resample: int) -> torch.Tensor:
    """(H, W, 3) uint8 -> (1, 3, height, width) uint8."""
    image = torch.from_numpy(np.ascontiguousarray(pixels)).permute(2, 0, 1).unsqueeze(0)
    return F.interpolate(image, size=(height, width), mode=MODES[resample], antialias=True)


def pil_resize(pixels: np.ndarray, height: int, width: int, resample: int) -> torch.Tensor:
    resized = np.array(Image.fromarray(pixels).resize((width, height), resample=resample))
    return torch.from_numpy(resized).permute(2, 0, 1).unsqueeze(0)


def normalize(pixels: torch.Tensor, mean: list[float], std: list[float]) -> torch.Tensor:
    mean_255 = (torch.tensor(mean) * 255.0).view(-1, 1, 1)
    std_255 = (torch.tensor(std) * 255.0).view(-1, 1, 1)
    return pixels.to(torch.float32).sub_(mean_255).div_(std_255)


def resize_cases() -> dict[str, torch.Tensor]:
    sizes = [((218, 178), (224, 224)), ((480, 640), (32, 40)), ((20, 30), (64, 48)), ((50, 50), (50, 20)), ((37, 29), (36, 30))]
    tensors = {}
    for (height, width), (new_height, new_width) in sizes:
        for resample, mode in MODES.items():
            name = f"{mode}/{height}x{width}/{new_height}x{new_width}"
            # The whole of the large one would weigh more than all others; every seventh row tells as much.
            step = 7 if new_height > 100 else 1
            tensors[f"{name}/torch"] = torch_resize(pattern(height, width), new_height, new_width, resample)[:, :, ::step]
            tensors[f"{name}/pil"] = pil_resize(pattern(height, width), new_height, new_width, resample)[:, :, ::step]
    return tensors


def main() -> None:
    write_files()
    paths = sorted(FILES.iterdir())
    save_tensors("images", {path.name: torch.from_numpy(np.array(upright_rgb(path))) for path in paths})

    tensors = resize_cases()
    mean, std = [0.485, 0.456, 0.406], [0.229, 0.224, 0.225]
    processor = ViTImageProcessorPil(size={"height": 24, "width": 24}, image_mean=mean, image_std=std)
    for name in ("rgb.jpg", "grey.jpg", "cmyk.jpg", "exif-6.jpg", "palette.png", "alpha.png"):
        image = upright_rgb(FILES / name)
        tensors[f"processed/{name}/pil"] = processor(image, return_tensors="pt")["pixel_values"]
        tensors[f"processed/{name}/torch"] = normalize(torch_resize(np.array(image), 24, 24, 2), mean, std)
    save_tensors("processor", tensors)
    save_json("preprocessor_config", ViTImageProcessorPil().to_dict())


if __name__ == "__main__":
    main()
