"""What TensorBoard's own reader finds in a folder of event files, as JSON: python read_events.py <folder>."""

import base64
import json
import struct
import sys

from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.plugins.hparams import metadata, plugin_data_pb2

events = EventAccumulator(sys.argv[1], size_guidance={"scalars": 0, "images": 0, "histograms": 0, "tensors": 0})
events.Reload()
tags = events.Tags()


def hparam(value):
    kind = value.WhichOneof("kind")
    return getattr(value, kind)


session = events.SummaryMetadata("_hparams_/session_start_info").plugin_data.content
start = metadata.parse_session_start_info_plugin_data(session)
end = metadata.parse_session_end_info_plugin_data(
    events.SummaryMetadata("_hparams_/session_end_info").plugin_data.content
)
json.dump(
    {
        "scalars": [[tag, e.step, e.value] for tag in tags["scalars"] for e in events.Scalars(tag)],
        "images": [
            [tag, e.step, e.width, e.height, base64.b64encode(e.encoded_image_string).decode()]
            for tag in tags["images"]
            for e in events.Images(tag)
        ],
        "histograms": [
            [tag, e.step, e.histogram_value.num] for tag in tags["histograms"] for e in events.Histograms(tag)
        ],
        "texts": [
            [tag, e.step, e.tensor_proto.string_val[0].decode()]
            for tag in tags["tensors"]
            if tag.endswith("/text_summary")
            for e in events.Tensors(tag)
        ],
        "hparams": {name: hparam(value) for name, value in start.hparams.items()},
        "status": plugin_data_pb2.DESCRIPTOR.enum_types_by_name.get("Status").values_by_number[end.status].name
        if "Status" in plugin_data_pb2.DESCRIPTOR.enum_types_by_name
        else __import__("tensorboard.plugins.hparams.api_pb2", fromlist=["Status"]).Status.Name(end.status),
    },
    sys.stdout,
)
