"""Prints the widths of lines of text as Pillow sets them by HarfBuzz, in the font's own units, as JSON.

    python letters.py FONT SIZE TEXT …

SIZE is the font's number of units, so that a unit is a pixel and nothing is rounded. Ligatures are off. Without HarfBuzz
the widths are null.
"""

import json
import sys

from PIL import ImageFont, features

path, size, texts = sys.argv[1], int(sys.argv[2]), sys.argv[3:]
if features.check("raqm"):
    font = ImageFont.truetype(path, size, layout_engine=ImageFont.Layout.RAQM)
    print(json.dumps([font.getlength(text, features=["-liga"]) for text in texts]))
else:
    print("null")
