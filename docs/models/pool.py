"""Puts the pooling of tokens into an ONNX file, for models whose output is one vector for each token.

    pip install -r requirements.txt
    python pool.py MODEL.onnx OUTPUT mean|cls OUT.onnx

OUTPUT is the name of an output [n, tokens, dimension], such as last_hidden_state. OUT.onnx has one output, "embedding"
[n, dimension]: the mean of all tokens, or the first one, which is the class token in most vision transformers. Weights
that lie in a file beside MODEL.onnx have to be there beside OUT.onnx too.
"""

import sys

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper


def pool(model, output, pooling):
    """Changes the model in place."""
    graph = model.graph
    found = {value.name: value for value in graph.output}
    if output not in found:
        raise SystemExit(f"no output {output}, only {sorted(found)}")
    dimension = found[output].type.tensor_type.shape.dim[-1].dim_value
    if pooling == "mean":
        if any(opset.domain in ("", "ai.onnx") and opset.version >= 18 for opset in model.opset_import):
            graph.initializer.append(numpy_helper.from_array(np.array([1]), "pooled_axis"))
            node = helper.make_node("ReduceMean", [output, "pooled_axis"], ["embedding"], keepdims=0)
        else:  # the axis was an attribute then
            node = helper.make_node("ReduceMean", [output], ["embedding"], axes=[1], keepdims=0)
    elif pooling == "cls":
        graph.initializer.append(numpy_helper.from_array(np.array(0), "first_token"))
        node = helper.make_node("Gather", [output, "first_token"], ["embedding"], axis=1)
    else:
        raise SystemExit(f"{pooling} is neither mean nor cls")
    graph.node.append(node)
    del graph.output[:]
    graph.output.append(helper.make_tensor_value_info("embedding", TensorProto.FLOAT, ["batch", dimension or None]))


def main(source, output, pooling, target):
    model = onnx.load(source, load_external_data=False)
    pool(model, output, pooling)
    onnx.save(model, target)


if __name__ == "__main__":
    main(*sys.argv[1:])
