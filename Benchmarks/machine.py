"""The machine that a benchmark runs on, as its results name it."""

import pathlib
import platform


def machine():
    lines = pathlib.Path("/proc/cpuinfo").read_text().splitlines()
    name = next((line.split(":")[1].strip() for line in lines if line.startswith("model name")), platform.processor())
    cores = sum(line.startswith("processor") for line in lines)
    return f"{name}, {cores} cores, {platform.system()} {platform.release()}"
