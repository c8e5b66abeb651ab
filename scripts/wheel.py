"""Takes what libtorch needs out of Python wheels.

    wheel.py unpack WHEEL FOLDER torch|nvidia    the C++ headers and libraries of one of the two kinds
    wheel.py unpack WHEEL FOLDER vocabulary      OpenAI's vocabulary, which open_clip carries
    wheel.py companions WHEEL                    the NVIDIA packages that the wheel asks for on this machine
"""

import re
import sys
import zipfile
from pathlib import PurePosixPath

# What of the torch wheel's libraries serves Python or its own tests alone.
PYTHON_ONLY = re.compile(r"torch/lib/lib(torch_python|shm|torchbind_test|jitbackend_test|backend_with_compiler|aoti_custom_ops)\b")


def is_wanted(name, kind):
    """Whether a member of a wheel belongs to the C++ library."""
    parts = PurePosixPath(name).parts
    if name.endswith("/") or ".." in parts or name.startswith("/"):
        return False
    if kind == "vocabulary":
        return name == "open_clip/bpe_simple_vocab_16e6.txt.gz"
    if kind == "nvidia":
        return len(parts) > 3 and parts[0] == "nvidia" and parts[2] == "lib"
    if parts[:2] == ("torch", "lib"):
        return len(parts) == 3 and re.search(r"\.(so|dylib)(\.|$)", name) and not PYTHON_ONLY.match(name)
    return parts[:2] == ("torch", "include")


def unpack(path, folder, kind):
    """Unpacks the wanted members; zipfile checks each one's length and checksum."""
    with zipfile.ZipFile(path) as wheel:
        for name in wheel.namelist():
            if is_wanted(name, kind):
                wheel.extract(name, folder)


def companions(path):
    """Prints the requirements on NVIDIA's packages, as pip takes them, that hold on this machine."""
    from pip._vendor.packaging.requirements import Requirement

    with zipfile.ZipFile(path) as wheel:
        metadata = next(name for name in wheel.namelist() if re.fullmatch(r"[^/]+\.dist-info/METADATA", name))
        lines = wheel.read(metadata).decode().split("\n\n")[0].splitlines()
    for line in lines:
        if not line.startswith("Requires-Dist:"):
            continue
        requirement = Requirement(line.partition(":")[2].strip())
        if not re.match(r"nvidia-|cuda-toolkit$", requirement.name):
            continue
        if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
            requirement.marker = None
            print(requirement)


def main(arguments):
    try:
        if len(arguments) == 4 and arguments[0] == "unpack" and arguments[3] in ("torch", "nvidia", "vocabulary"):
            unpack(*arguments[1:])
        elif len(arguments) == 2 and arguments[0] == "companions":
            companions(arguments[1])
        else:
            sys.exit(__doc__)
    except (OSError, EOFError, StopIteration, zipfile.BadZipFile, zipfile.zlib.error) as error:
        sys.exit(f"{arguments[1]}: {error or 'no METADATA'}")


main(sys.argv[1:])
