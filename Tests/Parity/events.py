"""Prints as JSON all that TensorBoard reads from a folder of event files.

    python events.py FOLDER
"""

import json
import struct
import sys

from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

events = EventAccumulator(sys.argv[1], size_guidance={"scalars": 0, "histograms": 0, "images": 0})
events.Reload()
tags = events.Tags()


def size(png):
    """The width and the height that a PNG file says."""
    return list(struct.unpack(">II", png[16:24]))


print(json.dumps({
    "scalars": {tag: [[e.step, e.value] for e in events.Scalars(tag)] for tag in tags["scalars"]},
    "histograms": {
        tag: [
            [e.step, h.min, h.max, h.num, h.sum, h.sum_squares, list(h.bucket_limit), list(h.bucket)]
            for e in events.Histograms(tag) for h in [e.histogram_value]
        ] for tag in tags["histograms"]
    },
    "images": {
        tag: [[e.step, e.width, e.height, *size(e.encoded_image_string)] for e in events.Images(tag)]
        for tag in tags["images"]
    },
}))
