"""A trained model as it lies on disk: `model.json` and `weights.npz`, nothing executable."""

from __future__ import annotations

import json
import os
import shlex
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import asdict, astuple, dataclass, fields
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from bot.errors import ModelError
from bot.messages import OUT_OF_SCOPE
from bot.text import FEATURES_VERSION

if TYPE_CHECKING:
    from numpy.typing import NDArray

SCHEMA_VERSION = 8
DESCRIPTION_FILE = "model.json"
WEIGHTS_FILE = "weights.npz"
CURRENT_FILE = "current"
DEFAULT_NAME = "default"


@dataclass(frozen=True, slots=True)
class FeatureSettings:
    """How a message becomes numbers; stored with the model, so that both halves agree."""

    stem_weight: float = 1.0
    """Length of the block of stems."""
    bigram_weight: float = 1.0
    """Length of the block of stem bigrams."""
    character_weight: float = 1.1
    """Length of the block of character n-grams within words."""
    shortest: int = 2
    """Shortest character n-gram."""
    longest: int = 4
    """Longest character n-gram."""
    rare_below: int = 2
    """Bigrams and character n-grams in fewer utterances than this are left out."""


@dataclass(frozen=True, slots=True)
class Temperature:
    """What logits are divided by before the softmax, fitted to held-out utterances.

    One number for all messages (Guo and others 2017) trusts those most that are clear
    already; it may rise with the highest logit (docs/measurements.md).
    """

    base: float
    """Of a message whose highest logit is 0."""
    slope: float = 0.0
    """How much it rises with the highest logit."""

    def of(self, highest: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the temperature of messages from their highest logits, same shape."""
        found: NDArray[np.float64] = np.maximum(self.base + self.slope * highest, self.base / 2)
        return found

    def of_one(self, highest: float) -> float:
        """Return the temperature of one message."""
        return max(self.base + self.slope * highest, self.base / 2)


@dataclass(frozen=True, slots=True)
class ModelDescription:
    """The readable half of a model, `model.json`."""

    labels: tuple[str, ...]
    """Intents, in the order of the columns of the weights."""
    cases: Mapping[str, tuple[float, float]]
    """Narrower matters, in the order of the columns after those of the intents, and from which
    scores on a message is one of them, see `bot.cases`."""
    acts: tuple[str, ...]
    """What is done in mid-conversation, in the order of the columns after those of the cases."""
    act_borders: tuple[float, float]
    """From which scores on a message is of its likeliest act, see `bot.cases`."""
    features: FeatureSettings
    """How a message becomes numbers."""
    temperature: Temperature
    """The logits are divided by this before the softmax (Guo and others 2017)."""
    answer_from: float
    """Score from which a message is answered."""
    clarify_from: float
    """Score from which it is asked about; below lies the honest no."""
    data_hash: str
    """Of the utterances, the settings and the version of the features."""
    seed: int
    """Of the folds."""
    versions: Mapping[str, str]
    """Of the libraries at training."""
    stem_fingerprint: str
    """Of the stemmer at training."""
    scores: Mapping[str, float]
    """Figures measured at training, on held-out folds."""
    searched: bool = False
    """Whether the settings of the features were searched for, and not chosen by the number of
    utterances: the next training keeps them then."""
    created: str = ""
    """When it was trained, ISO 8601, UTC."""


@dataclass(frozen=True, slots=True)
class Weights:
    """The numeric half of a model, `weights.npz`.

    Features stand in three blocks (stems, stem bigrams, character n-grams), each
    sorted; n features, k labels, c cases and a acts.
    """

    stems: tuple[str, ...]
    """Vocabulary of the first block."""
    bigrams: NDArray[np.uint32]
    """Vocabulary of the second block: the numbers of two stems each, shape (bigrams, 2). As
    numbers they are smaller, and found sooner, than as texts."""
    characters: tuple[str, ...]
    """Vocabulary of the third block."""
    words: tuple[str, ...]
    """Words that mistyped ones are repaired to, sorted."""
    counts: NDArray[np.uint32]
    """How often each of them occurs in the utterances, shape (words,)."""
    doubtful: NDArray[np.uint32]
    """Numbers of the stems that come from slips alone, as far as the utterances tell."""
    idf: NDArray[np.float32]
    """Inverse document frequencies, shape (n,)."""
    coefficients: NDArray[np.int8]
    """Weights in whole steps, a byte each, shape (n, k + c + a); rounded once, after fitting."""
    step: float
    """What they are multiples of: a power of two, so that multiplying by it rounds nothing."""
    bias: NDArray[np.float32]
    """What each label, case and act has before any word is read, shape (k + c + a,)."""


_BLOCKS = ("stems", "characters", "words")
_BETWEEN = "\n"
"""Stands between two entries of a block, and in none: words hold no white space."""
_ARRAYS = {
    "bigrams": np.uint32,
    "counts": np.uint32,
    "doubtful": np.uint32,
    "idf": np.float32,
    "bias": np.float32,
    "coefficients": np.int8,
    "step": np.float64,
}


def _unfit(path: Path, what: str) -> ModelError:
    """Return the error for a file of a model, which says how to get another one."""
    models = path.parent if path.name == CURRENT_FILE else path.parent.parent
    own = (models.parent / "utterances").is_dir()  # a home of somebody's own
    home = f"--home {shlex.quote(str(models.parent))} " if own else ""
    return ModelError(f"{path}: {what}; train a new one with: bot-train {home}train")


def current_name(models: Path) -> str:
    """Return the name of the model in use below `models`."""
    try:
        name = (models / CURRENT_FILE).read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        return DEFAULT_NAME
    except (OSError, UnicodeDecodeError) as error:
        raise _unfit(models / CURRENT_FILE, f"cannot be read ({error})") from error
    if not name or name != Path(name).name or name in {".", ".."}:
        raise _unfit(models / CURRENT_FILE, "wanted one line with the name of a folder beside it")
    return name


def save(folder: Path, description: ModelDescription, weights: Weights) -> None:
    """Write both files into the new folder `folder`, each flushed to the disk."""
    folder.mkdir(parents=True)
    blob = _pack(weights)
    document: dict[str, Any] = {"schema": SCHEMA_VERSION, "features_version": FEATURES_VERSION}
    document |= asdict(description)
    document["weights_sha256"] = sha256(blob).hexdigest()
    _write(folder / WEIGHTS_FILE, blob)
    text = json.dumps(document, indent=1, ensure_ascii=False) + "\n"
    _write(folder / DESCRIPTION_FILE, text.encode())


def _write(path: Path, blob: bytes) -> None:
    with path.open("wb") as file:
        file.write(blob)
        file.flush()
        os.fsync(file.fileno())


def _pack(weights: Weights) -> bytes:
    arrays: dict[str, Any] = {
        name: np.asarray(getattr(weights, name), dtype=kind) for name, kind in _ARRAYS.items()
    }
    for block in _BLOCKS:
        entries = getattr(weights, block)
        if any(_BETWEEN in entry or not entry for entry in entries):
            raise ValueError(f"{block}: an entry is empty, or holds the end of a line")
        arrays[block] = np.frombuffer(_BETWEEN.join(entries).encode(), dtype=np.uint8)
    buffer = BytesIO()
    np.savez_compressed(buffer, **arrays)
    return buffer.getvalue()


def load(folder: Path) -> tuple[ModelDescription, Weights]:
    """Read and check a model.

    Raises ModelError, naming the file and the reason, when either file is missing,
    damaged, of another version, or does not fit the other.
    """
    document = _read_document(folder / DESCRIPTION_FILE)
    description = _describe(folder / DESCRIPTION_FILE, document)
    path = folder / WEIGHTS_FILE
    try:
        blob = path.read_bytes()
    except OSError as error:
        raise _unfit(path, f"cannot be read ({error.strerror})") from error
    if sha256(blob).hexdigest() != document.get("weights_sha256"):
        raise _unfit(path, f"does not match {DESCRIPTION_FILE} (it was changed)")
    try:
        weights = _unpack(blob)
    except (
        ValueError,
        TypeError,
        KeyError,
        OSError,
        EOFError,
        zipfile.BadZipFile,
        zlib.error,
        NotImplementedError,
    ) as error:
        raise _unfit(path, f"is not a weights file ({error})") from error
    _check_shapes(path, description, weights)
    return description, weights


def _read_document(path: Path) -> dict[str, Any]:
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise _unfit(path, "no such file") from error
    except OSError as error:
        raise _unfit(path, f"cannot be read ({error.strerror})") from error
    except ValueError as error:
        raise _unfit(path, f"is not JSON ({error})") from error
    if not isinstance(document, dict):
        raise _unfit(path, "holds no model")
    wanted = {"schema": SCHEMA_VERSION, "features_version": FEATURES_VERSION}
    for key, value in wanted.items():
        if document.get(key) != value:
            raise _unfit(path, f"{key} is {document.get(key)!r}, this program wants {value}")
    return document


def _describe(path: Path, document: dict[str, Any]) -> ModelDescription:
    try:
        values = {f.name: document[f.name] for f in fields(ModelDescription)}
        values["labels"] = tuple(values["labels"])
        values["acts"] = tuple(values["acts"])
        low, high = values["act_borders"]
        values["act_borders"] = (low, high)
        values["features"] = FeatureSettings(**values["features"])
        values["temperature"] = Temperature(**values["temperature"])
        values["cases"] = {name: (low, high) for name, (low, high) in values["cases"].items()}
        description = ModelDescription(**values)
        numbers = (
            *astuple(description.temperature), description.answer_from, description.clarify_from,
            *(border for both in description.cases.values() for border in both),
            *description.act_borders,
        )  # fmt: skip
        sound = (
            all(isinstance(x, str) and x for x in (*description.labels, *description.acts))
            and len(set(description.labels)) == len(description.labels) > 0
            and any(label != OUT_OF_SCOPE for label in description.labels)
            and all(type(number) in (int, float) and np.isfinite(number) for number in numbers)
            and _sound(description.features)
            and description.temperature.base > 0
            and description.temperature.slope >= 0
            and type(description.searched) is bool
        )
    except KeyError as error:
        raise _unfit(path, f"has no {error}") from error
    except (TypeError, ValueError, AttributeError) as error:
        raise _unfit(path, f"holds a value of the wrong kind ({error})") from error
    if not sound:
        raise _unfit(path, "labels, temperature or thresholds make no sense")
    return description


def _sound(settings: FeatureSettings) -> bool:
    """Tell whether the settings can be used; TypeError for a value that is no number."""
    values = asdict(settings)
    lengths = [values.pop(name) for name in ("shortest", "longest", "rare_below")]
    return (
        all(type(length) is int and length > 0 for length in lengths)
        and lengths[0] <= lengths[1]
        and all(np.isfinite(weight) and weight >= 0 for weight in values.values())
    )


def _unpack(blob: bytes) -> Weights:
    with np.load(BytesIO(blob), allow_pickle=False) as archive:
        arrays = {name: archive[name] for name in archive.files}
    for name, kind in _ARRAYS.items():
        if arrays[name].dtype != kind:
            raise ValueError(f"{name} holds {arrays[name].dtype}, wanted {np.dtype(kind)}")
    step = arrays["step"]
    if step.shape != () or not np.isfinite(step) or np.frexp(step)[0] != 0.5:
        raise ValueError("step is no power of two")
    return Weights(
        **{block: _entries(arrays[block]) for block in _BLOCKS},
        bigrams=arrays["bigrams"],
        counts=arrays["counts"],
        doubtful=arrays["doubtful"],
        idf=arrays["idf"],
        coefficients=arrays["coefficients"],
        step=float(step),
        bias=arrays["bias"],
    )


def _entries(block: NDArray[Any]) -> tuple[str, ...]:
    if block.dtype != np.uint8:
        raise ValueError(f"a block of entries holds {block.dtype}, wanted bytes")
    text = block.tobytes().decode()
    return tuple(text.split(_BETWEEN)) if text else ()


def _check_shapes(path: Path, description: ModelDescription, weights: Weights) -> None:
    size = len(weights.stems) + len(weights.bigrams) + len(weights.characters)
    columns = len(description.labels) + len(description.cases) + len(description.acts)
    wanted = {
        "bigrams": (*weights.bigrams.shape[:1], 2),
        "counts": (len(weights.words),),
        "doubtful": (weights.doubtful.size,),
        "idf": (size,),
        "coefficients": (size, columns),
        "bias": (columns,),
    }
    for name, shape in wanted.items():
        array: NDArray[Any] = getattr(weights, name)
        if array.shape != shape:
            raise _unfit(path, f"{name} is {array.shape}, wanted {shape}")
        if array.dtype.kind == "f" and not np.isfinite(array).all():
            raise _unfit(path, f"{name} holds a number that is not finite")
    for name in ("bigrams", "doubtful"):
        numbers: NDArray[Any] = getattr(weights, name)
        if numbers.size and numbers.max() >= len(weights.stems):
            raise _unfit(path, f"{name} names a stem that is not there")
