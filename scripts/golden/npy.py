"""NumPy's files for test/data/npy.test.ts: every type that libtorch has, in both byte orders and both orders of dimensions,
all versions of the header, and what must be refused. numpy.json holds the elements as bytes, little-endian, row after row."""

import warnings

import numpy as np
from common import GOLDEN, save_json

FOLDER = GOLDEN / "numpy"

INTEGERS = ["int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"]
FLOATS = ["float16", "float32", "float64"]


def integers(dtype):
    limits = np.iinfo(dtype)
    return np.array([[limits.min, 0, 1], [2, 100, limits.max]], dtype)


def arrays():
    values = {dtype: integers(dtype) for dtype in INTEGERS}
    values |= {dtype: np.array([[0.0, -0.0, 1.5], [-2.25, np.inf, np.nan]], dtype) for dtype in FLOATS}
    values |= {dtype: np.array([[1 + 2j, -1j], [0.5, complex(np.inf, 3)]], dtype) for dtype in ["complex64", "complex128"]}
    values["bool"] = np.array([[True, False], [False, True]])
    turned = {f"{name}, big-endian": value.astype(value.dtype.newbyteorder(">")) for name, value in values.items() if value.itemsize > 1}
    cube = np.arange(24, dtype="float32").reshape(2, 3, 4)
    shapes = {
        "fortran": np.asfortranarray(cube),
        "fortran, big-endian": np.asfortranarray(cube.astype(">f4")),
        "scalar": np.array(7, "int64"),
        "empty": np.zeros((0, 3), "float32"),
        "vector": np.arange(3, dtype="float64"),
    }
    return values | turned | shapes


def refused():
    return {
        "objects": np.array([{"a": 1}, None], object),
        "records": np.zeros(2, [("x", "<f4"), ("n", "<i4", (2,))]),
        "text": np.array(["a", "bc"]),
        "byte strings": np.array([b"a", b"bc"]),
        "dates": np.array(["2020-01-01"], "datetime64[D]"),
        "time spans": np.array([1], "timedelta64[s]"),
        "long": np.zeros(2, np.longdouble),
        "void": np.zeros(2, "V4"),
    }


def described(array):
    little = array.astype(array.dtype.newbyteorder("<"))
    return {"dtype": array.dtype.name, "shape": list(array.shape), "bytes": little.tobytes("C").hex()}


if __name__ == "__main__":
    warnings.simplefilter("ignore")  # versions 2.0 and 3.0 warn that old readers do not know them
    FOLDER.mkdir(parents=True, exist_ok=True)
    made = arrays()
    np.savez(FOLDER / "arrays.npz", **made)
    np.savez_compressed(FOLDER / "compressed.npz", **made)
    np.savez(FOLDER / "refused.npz", **refused())
    for version in [(2, 0), (3, 0)]:
        with open(FOLDER / f"version-{version[0]}.npy", "wb") as file:
            np.lib.format.write_array(file, made["vector"], version=version)
    save_json("numpy", {name: described(array) for name, array in made.items()})
