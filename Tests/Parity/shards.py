"""What Python's webdataset and braceexpand make of shards and patterns: shards.py MODE ARGUMENT…

read PATTERN prints the samples of shards in order, a JSON object on each line: the key, and the CRC-32 of each part.
make FOLDER writes shards with names of many kinds in every format of tarfile: ustar.tar, gnu.tar, pax.tar.
braces FILE prints, for each pattern of a JSON list, the list of its texts, or null where it is refused.
"""

import io
import json
import sys
import tarfile
import zlib

mode, argument = sys.argv[1:]

# Long names, doubled dots, folders, suffixes in capitals, members that belong to no sample.
NAMES = [
    "__meta__", "000000001.jpg", "000000001.txt", "000000001.json", "b/c.d/0002.PNG", "b/c.d/0002.Txt", ".hidden.jpg",
    "README", "./0003.seg.png", "./0003.jpg", "./0003.txt", "long/" + "x" * 90 + "/" + "y" * 90 + ".jpg",
    "long/" + "x" * 90 + "/" + "y" * 90 + ".txt", "0004.webp", "0005.txt", "0005.jpeg", "ü/näme.jpg", "ü/näme.txt",
    "__meta__/0006.jpg", "0007.cls",
]

if mode == "make":
    for name, kind in {"ustar": tarfile.USTAR_FORMAT, "gnu": tarfile.GNU_FORMAT, "pax": tarfile.PAX_FORMAT}.items():
        with tarfile.open(f"{argument}/{name}.tar", "w", format=kind) as archive:
            folder = tarfile.TarInfo("long")
            folder.type = tarfile.DIRTYPE
            archive.addfile(folder)
            link = tarfile.TarInfo("0001.link.jpg")
            link.type, link.linkname = tarfile.SYMTYPE, "000000001.jpg"
            archive.addfile(link)
            for number, member in enumerate(NAMES):
                data = f"{member} {number}".encode() * (number * 37 + 1)
                info = tarfile.TarInfo(member)
                info.size = len(data)
                archive.addfile(info, io.BytesIO(data))
elif mode == "read":
    import webdataset

    for sample in webdataset.WebDataset(argument, shardshuffle=False, empty_check=False):
        parts = {name: zlib.crc32(value) for name, value in sample.items() if not name.startswith("__")}
        print(json.dumps({"key": sample["__key__"], "parts": parts}))
else:
    import braceexpand

    def texts(pattern):
        try:
            return list(braceexpand.braceexpand(pattern))
        except ValueError:
            return None

    print(json.dumps([texts(pattern) for pattern in json.load(open(argument))]))
