"""Turns a text into a vector, so that texts of a close meaning have a high cosine.

The model is all-MiniLM-L6-v2 in int8: README.md beside this file says where it comes from. It is
read at the first use, within the process that uses it.
"""

import os
from functools import cache
from pathlib import Path

import numpy as np

# Else it keeps an id in the home folder, and sends its makers what runs on this machine.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
import onnxruntime
from numpy.typing import NDArray

from daily_papers.search.encoder.wordpiece import token_ids

MODEL = Path(__file__).parent / "model.onnx"
NAME = "all-MiniLM-L6-v2 int8 d110d42b"  # with the start of the hash of its weights
WIDTH = 384  # numbers of a vector
LARGEST = 127  # the size of the largest number of each vector


def encode(text: str) -> NDArray[np.int8]:
    """Return the vector of a text: WIDTH numbers, of which only the direction counts.

    Another kind of processor may round a few of them in another way.
    """
    (mean,) = load().run(None, {"tokens": np.array(token_ids(text), np.int64)})
    vector: NDArray[np.int8] = np.rint(mean * (LARGEST / np.abs(mean).max())).astype(np.int8)
    return vector


@cache
def load() -> onnxruntime.InferenceSession:
    """Read the model into this process, and return it; `encode` does so, too."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1  # texts are short, and there is a process a core
    options.inter_op_num_threads = 1
    options.enable_cpu_mem_arena = False  # the longest text would set the memory of the process
    options.log_severity_level = 3  # errors
    return onnxruntime.InferenceSession(MODEL, options, providers=["CPUExecutionProvider"])
