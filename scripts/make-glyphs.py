"""Draws the printable ASCII of DejaVu Sans into ts/vision/glyphs.ts.

Text on images then needs no font on the machine, and is the same on all of them. The font's
licence (https://dejavu-fonts.github.io/License.html) allows copies of any part.

Usage: make-glyphs.py <DejaVuSans.ttf>
"""

import base64
import sys
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

SIZE = 13
HEIGHT = 16
CHARACTERS = [chr(code) for code in range(32, 127)]
OUTPUT = Path(__file__).resolve().parents[1] / "ts" / "vision" / "glyphs.ts"

HEAD = '''/** Drawn by scripts/make-glyphs.py from DejaVu Sans (https://dejavu-fonts.github.io, Bitstream Vera licence). DO NOT EDIT. */

/** Rows of every glyph. */
export const GLYPH_HEIGHT = {height};

/** The characters that there are. */
export const GLYPH_CHARACTERS = {characters};

/** Columns of each glyph, in the order of the characters. */
export const GLYPH_WIDTHS: readonly number[] = [
{widths}
];

/** Cover of each pixel from 0 to 15, row after row, glyph after glyph; two pixels a byte, base64. */
export const GLYPH_COVER =
{cover};
'''


def cover(font: ImageFont.FreeTypeFont, character: str) -> tuple[int, list[int]]:
    width = round(font.getlength(character))
    image = Image.new("L", (width, HEIGHT))
    ImageDraw.Draw(image).text((0, HEIGHT - 4), character, fill=255, font=font, anchor="ls")
    return width, [round(value * 15 / 255) for value in image.tobytes()]


def lines(items: list[str], per_line: int, separator: str, indent: str = "  ") -> str:
    rows = [items[i : i + per_line] for i in range(0, len(items), per_line)]
    return "\n".join(indent + separator.join(row) for row in rows)


def main(path: str) -> None:
    font = ImageFont.truetype(path, SIZE)
    glyphs = [cover(font, character) for character in CHARACTERS]
    pixels = [value for _, values in glyphs for value in values]
    packed = bytes(high << 4 | low for high, low in zip(pixels[::2], pixels[1::2], strict=True))
    text = base64.b64encode(packed).decode()
    parts = [f"'{text[i : i + 110]}'" for i in range(0, len(text), 110)]
    quoted = "".join(CHARACTERS).replace("\\", "\\\\").replace("'", "\\'")
    widths = [f"{width}," for width, _ in glyphs]
    OUTPUT.write_text(
        HEAD.format(
            height=HEIGHT,
            characters=f"'{quoted}'",
            widths=lines(widths, 24, " "),
            cover="  " + " +\n  ".join(parts),
        )
    )


main(sys.argv[1])
