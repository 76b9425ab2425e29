"""A model on disk: what was written is read, and every damage is refused with its cure."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bot import modelfile
from bot.classifier import Classifier
from bot.errors import ModelError
from bot.modelfile import FeatureSettings, ModelDescription, Temperature, Weights

MEND = "bot-train train"
DESCRIPTION = ModelDescription(
    labels=("greet", "pay", "out_of_scope"),
    cases={"late": (-1.5, 0.25)},
    acts=("refused",),
    act_borders=(-2.0, -1.0),
    features=FeatureSettings(),
    temperature=Temperature(0.9, 0.05),
    answer_from=0.6,
    clarify_from=0.2,
    data_hash="abc",
    seed=7,
    versions={"numpy": "2"},
    stem_fingerprint="def",
    scores={"accuracy": 0.8},
    created="2026-01-01T00:00:00+00:00",
)
WEIGHTS = Weights(
    words=("card", "lost"),
    counts=np.array([7, 2], dtype=np.uint32),
    doubtful=np.array([1], dtype=np.uint32),
    stems=("café", "hello", "pay"),
    bigrams=np.array([[1, 2]], dtype=np.uint32),
    characters=(" h", "é ", "я"),
    idf=np.arange(1, 8, dtype=np.float32),
    coefficients=(np.arange(35, dtype=np.int8) * 7 - 119).reshape(7, 5),
    step=0.0625,
    bias=np.array([0.5, -0.5, 0.0, -2.0, 1.5], dtype=np.float32),
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    modelfile.save(tmp_path / "model", DESCRIPTION, WEIGHTS)
    return tmp_path / "model"


def refused(folder: Path, file: str) -> str:
    """The refusal of the model, which names the file and the mending command."""
    with pytest.raises(ModelError) as caught:
        modelfile.load(folder)
    message = str(caught.value)
    assert str(folder / file) in message
    assert MEND in message
    return message


def replace_weights(folder: Path, blob: bytes) -> None:
    """Write other weights that match the hash in model.json."""
    (folder / "weights.npz").write_bytes(blob)
    change_description(folder, weights_sha256=sha256(blob).hexdigest())


def change_arrays(folder: Path, change: Callable[[dict[str, Any]], object]) -> None:
    with np.load(folder / "weights.npz") as archive:
        arrays = {name: archive[name] for name in archive.files}
    change(arrays)
    buffer = BytesIO()
    np.savez(buffer, **arrays)
    replace_weights(folder, buffer.getvalue())


def change_description(folder: Path, **values: object) -> None:
    path = folder / "model.json"
    document = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps(document | values), encoding="utf-8")


def test_what_was_saved_is_read_back_the_same(folder: Path) -> None:
    description, weights = modelfile.load(folder)
    assert description == DESCRIPTION
    for block in ("stems", "characters"):
        assert getattr(weights, block) == getattr(WEIGHTS, block)
    for name in ("bigrams", "idf", "coefficients", "bias"):
        before, after = getattr(WEIGHTS, name), getattr(weights, name)
        assert after.dtype == before.dtype
        np.testing.assert_array_equal(after, before)


def test_saving_the_same_model_twice_gives_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    modelfile.save(tmp_path / "again", DESCRIPTION, WEIGHTS)
    for file in ("model.json", "weights.npz"):
        assert (tmp_path / "again" / file).read_bytes() == (folder / file).read_bytes()


def test_a_model_is_never_written_over_another(folder: Path) -> None:
    before = (folder / "model.json").read_bytes()
    with pytest.raises(FileExistsError):
        modelfile.save(folder, DESCRIPTION, WEIGHTS)
    assert (folder / "model.json").read_bytes() == before


@pytest.mark.parametrize("file", ["model.json", "weights.npz"])
def test_a_missing_file_is_named(file: str, folder: Path) -> None:
    (folder / file).unlink()
    assert "no such file" in refused(folder, file).lower()


@pytest.mark.parametrize("share", [0.0, 0.5, 0.99])
@pytest.mark.parametrize("file", ["model.json", "weights.npz"])
def test_a_truncated_file_is_refused(file: str, share: float, folder: Path) -> None:
    blob = (folder / file).read_bytes()
    (folder / file).write_bytes(blob[: int(len(blob) * share)])
    refused(folder, file)


def test_changed_bytes_in_the_weights_are_refused_wherever_they_are(folder: Path) -> None:
    blob = (folder / "weights.npz").read_bytes()
    for place in range(0, len(blob), 97):
        damaged = bytearray(blob)
        damaged[place] ^= 1
        (folder / "weights.npz").write_bytes(damaged)
        assert "changed" in refused(folder, "weights.npz")


def test_weights_that_do_not_unpack_are_refused_even_with_the_right_hash(folder: Path) -> None:
    blob = (folder / "weights.npz").read_bytes()
    replace_weights(folder, b"not an archive")
    refused(folder, "weights.npz")
    replace_weights(folder, blob[: len(blob) // 2])
    refused(folder, "weights.npz")
    for place in range(0, len(blob), 13):
        damaged = bytearray(blob)
        damaged[place] ^= 0xFF
        replace_weights(folder, bytes(damaged))
        with suppress(ModelError):  # bytes of no meaning, such as a time stamp, may change
            modelfile.load(folder)


def test_object_arrays_are_refused_and_never_unpickled(folder: Path, tmp_path: Path) -> None:
    trap = tmp_path / "sprung"

    class Trap:
        def __reduce__(self) -> tuple[Any, ...]:
            return Path.touch, (trap,)

    def plant(arrays: dict[str, Any]) -> None:
        arrays["bias"] = np.array([Trap(), None, None], dtype=object)

    change_arrays(folder, plant)
    refused(folder, "weights.npz")
    assert not trap.exists()


ARRAY_DAMAGE: dict[str, Callable[[dict[str, Any]], object]] = {
    "idf too short": lambda a: a.update(idf=a["idf"][:-1]),
    "a label too many": lambda a: a.update(coefficients=np.zeros((7, 6), np.int8)),
    "a feature too few": lambda a: a.update(coefficients=a["coefficients"][:-1]),
    "weights flat": lambda a: a.update(coefficients=a["coefficients"].ravel()),
    "weights of another type": lambda a: a.update(coefficients=a["coefficients"].astype(int)),
    "a step that is no power of two": lambda a: a.update(step=np.float64(0.3)),
    "a step of nothing": lambda a: a.update(step=np.float64(0.0)),
    "a step that is no number": lambda a: a.update(step=np.float64(np.nan)),
    "several steps": lambda a: a.update(step=np.full(2, 0.5)),
    "bias too long": lambda a: a.update(bias=np.zeros(6, np.float32)),
    "idf of another type": lambda a: a.update(idf=a["idf"].astype(np.float64)),
    "no bias": lambda a: a.pop("bias"),
    "no vocabulary": lambda a: a.pop("stems"),
    "not a number": lambda a: a["idf"].__setitem__(3, np.nan),
    "infinite bias": lambda a: a["bias"].__setitem__(0, np.inf),
    "idf not a number": lambda a: a["idf"].__setitem__(0, np.nan),
    "an entry too many": lambda a: a.update(stems=a["stems"][[0, 5, 0, 5, 0, 5, 0]]),
    "an entry too few": lambda a: a.update(stems=a["stems"][:-5]),
    "entries of another type": lambda a: a.update(stems=a["stems"].astype(float)),
    "bigrams of another type": lambda a: a.update(bigrams=a["bigrams"].astype(np.int64)),
    "a bigram of three stems": lambda a: a.update(bigrams=np.ones((1, 3), np.uint32)),
    "a bigram of a stem that is not there": lambda a: a["bigrams"].__setitem__((0, 0), 3),
    "bigrams flat": lambda a: a.update(bigrams=a["bigrams"].ravel()),
    "bytes that are not UTF-8": lambda a: a["stems"].__setitem__(3, 0x41),
}


@pytest.mark.parametrize("damage", [*ARRAY_DAMAGE])
def test_arrays_that_are_no_model_are_refused(damage: str, folder: Path) -> None:
    change_arrays(folder, ARRAY_DAMAGE[damage])
    refused(folder, "weights.npz")


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"schema": 99}, "schema is 99"),
        ({"features_version": 0}, "features_version is 0"),
        ({"labels": ["greet", "greet", "pay"]}, "labels"),
        ({"labels": []}, "labels"),
        ({"labels": 3}, "wrong kind"),
        ({"cases": {"late": [0, float("inf")]}}, "labels"),
        ({"cases": {"late": [0, "1"]}}, "labels"),
        ({"cases": {"late": 0}}, "wrong kind"),
        ({"cases": ["late"]}, "wrong kind"),
        ({"temperature": {"base": 0, "slope": 0}}, "temperature"),
        ({"temperature": {"base": 1, "slope": -0.1}}, "temperature"),
        ({"temperature": {"base": float("nan"), "slope": 0}}, "temperature"),
        ({"temperature": {"base": 1, "slope": float("inf")}}, "temperature"),
        ({"temperature": {"base": "warm", "slope": 0}}, "make no sense"),
        ({"temperature": 1}, "wrong kind"),
        ({"answer_from": None}, "make no sense"),
        ({"clarify_from": float("inf")}, "thresholds"),
        ({"features": {"colour": 3}}, "wrong kind"),
        ({"features": {"shortest": "2"}}, ""),
        ({"features": {"stem_weight": float("nan")}}, ""),
    ],
)
def test_a_description_that_makes_no_sense_is_refused(
    values: dict[str, object], reason: str, folder: Path
) -> None:
    change_description(folder, **values)
    assert reason in refused(folder, "model.json")


def test_a_description_that_is_no_description_is_refused(folder: Path) -> None:
    for blob in (b"[]", b"null", b"{", b"\xff\xfe", b"{}"):
        (folder / "model.json").write_bytes(blob)
        refused(folder, "model.json")


def test_a_description_without_a_value_names_the_value(folder: Path) -> None:
    path = folder / "model.json"
    document = json.loads(path.read_text(encoding="utf-8"))
    del document["temperature"]
    path.write_text(json.dumps(document), encoding="utf-8")
    assert "'temperature'" in refused(folder, "model.json")


def test_a_model_that_knows_no_intent_is_refused_by_file(tmp_path: Path) -> None:
    lonely = replace(DESCRIPTION, labels=("out_of_scope",))
    nothing = np.zeros(0, np.uint32)
    weights = Weights(
        stems=(), characters=(), words=(), bigrams=np.zeros((0, 2), np.uint32), counts=nothing,
        doubtful=nothing, idf=np.zeros(0, np.float32), coefficients=np.zeros((0, 2), np.int8),
        step=1.0, bias=np.zeros(2, np.float32),
    )  # fmt: skip
    lonely = replace(lonely, cases={})
    modelfile.save(tmp_path / "lonely", lonely, weights)
    with pytest.raises(ModelError, match="lonely"):
        Classifier.load(tmp_path / "lonely")


def test_without_a_current_file_the_default_is_in_use(tmp_path: Path) -> None:
    assert modelfile.current_name(tmp_path) == "default"
    (tmp_path / "current").write_text("better\n", encoding="utf-8")
    assert modelfile.current_name(tmp_path) == "better"


@pytest.mark.parametrize("blob", [b"", b"\n", b"..", b".", b"a/b", b"/etc", b"\xff"])
def test_a_damaged_current_file_is_refused_not_guessed_at(blob: bytes, tmp_path: Path) -> None:
    (tmp_path / "current").write_bytes(blob)
    with pytest.raises(ModelError) as caught:
        modelfile.current_name(tmp_path)
    assert str(tmp_path / "current") in str(caught.value)
    assert MEND in str(caught.value)


def test_weights_of_other_cases_than_the_description_names_are_refused(folder: Path) -> None:
    change_description(folder, cases={})
    assert "coefficients is (7, 5), wanted (7, 4)" in refused(folder, "weights.npz")


def test_weights_of_other_acts_than_the_description_names_are_refused(folder: Path) -> None:
    change_description(folder, acts=[])
    assert "coefficients is (7, 5), wanted (7, 4)" in refused(folder, "weights.npz")


@pytest.mark.parametrize("borders", [[0.5], [0.5, None], "ab", [float("nan"), 0.5]])
def test_borders_of_acts_that_are_no_two_numbers_are_refused(borders: Any, folder: Path) -> None:
    change_description(folder, act_borders=borders)
    refused(folder, "model.json")
