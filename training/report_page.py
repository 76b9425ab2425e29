"""The report as one page of HTML: plots through scikit-learn's displays, nothing from a network."""

from __future__ import annotations

import io
from base64 import b64encode
from collections.abc import Callable
from html import escape
from pathlib import Path
from string import Template
from typing import Any

import numpy as np
from sklearn.calibration import CalibrationDisplay
from sklearn.metrics import ConfusionMatrixDisplay, RocCurveDisplay
from sklearn.model_selection import LearningCurveDisplay

from training.aside import written_aside
from training.extras import missing
from training.report import BINS, FIGURES, Curve, Report

try:
    import matplotlib
    from matplotlib import style
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.ticker import PercentFormatter
except ImportError as lacking:
    raise missing("report", "matplotlib", "--report") from lacking

TEMPLATE = Path(__file__).with_name("report.html")
MATRIX_INTENTS = 12
"""Intents in the small confusion matrix: as many as can be read."""
MIX_UPS = 15
"""Pairs in the table."""
_FULL_AT = 0.25
"""Share of an intent's lines that has the strongest colour: mistakes matter, not the diagonal."""
_SMALL = (5.0, 3.6)
"""Inches of a plot; at 72 points each about as many pixels as a phone is wide."""
_STYLES = {"light": "default", "dark": "dark_background"}
_SETTINGS = {"svg.hashsalt": "cardline", "font.size": 10.0, "axes.titlesize": 10.0}

Draw = Callable[[Axes], None]


def write(path: Path, report: Report, learning: Curve | None, made: str) -> None:
    """Write the page, aside first; `made` says of what and when."""
    page = render(report, learning, made)
    with written_aside(path) as aside:
        aside.write_text(page, encoding="utf-8")


def render(report: Report, learning: Curve | None, made: str) -> str:
    """Return the page."""
    worst = report.mix_ups[0] if report.mix_ups else None
    said = f"{worst.intent} is taken for {worst.taken_for} {worst.count:,} times" if worst else ""
    parts = {
        "made": escape(made),
        "count": str(len(report.labels)),
        "summary": _summary(report),
        "learning": _learning(learning),
        "mix_ups": _mix_ups(report),
        "matrix": _figure(
            _matrix(report, _most_mixed(report)), (8.0, 7.4), "matrix",
            "Confusion matrix of the intents with the most mix-ups, in shares of their lines. "
            f"The most frequent mix-up: {said or 'none'}.",
        ),
        "full": _figure(
            _matrix(report, np.arange(len(report.labels)), values=False), (12.0, 11.4), "full",
            "Confusion matrix of all intents, in shares of their lines; the table above names "
            "the pairs.",
        ),
        "calibration": _calibration(report),
        "reliability": _figure(
            lambda axes: _reliability(axes, report), _SMALL, "",
            "Reliability diagram: how often the best intent is right against how sure it is. "
            f"The two differ by {report.calibration_error:.1%} on average.",
        ),
        **_scope(report),
        "intents": "".join(
            _row(escape(row.intent), f"{row.precision:.1%}", f"{row.recall:.1%}", f"{row.f1:.1%}",
                 f"{row.utterances:,}")
            for row in report.intents
        ),
    }  # fmt: skip
    return Template(TEMPLATE.read_text(encoding="utf-8")).substitute(parts)


def _row(name: str, *numbers: str) -> str:
    cells = "".join(f'<td class="n">{number}</td>' for number in numbers)
    return f'<tr><td class="name">{name}</td>{cells}</tr>\n'


def _summary(report: Report) -> str:
    return "".join(
        _row(FIGURES.get(name, name.replace("_", " ")), f"{value:.1%}")
        for name, value in report.summary.items()
    )


def _mix_ups(report: Report) -> str:
    if not report.mix_ups:
        return "<tr><td>Nothing at all.</td></tr>"
    rows = []
    for mix_up in report.mix_ups[:MIX_UPS]:
        examples = "".join(f"<li>{escape(_short(example))}</li>" for example in mix_up.examples)
        names = f"<b>{escape(mix_up.intent)}</b> taken for <b>{escape(mix_up.taken_for)}</b>"
        words = f'<td class="name">{names}<ul class="soft">{examples}</ul></td>'
        rows.append(f'<tr><td class="n">{mix_up.count:,}</td>{words}</tr>\n')
    return "".join(rows)


def _short(example: str) -> str:
    """Return `file:line: sentence` without the folders before the file."""
    source, mark, sentence = example.partition(": ")
    return f"{Path(source).name}{mark}{sentence}"


def _calibration(report: Report) -> str:
    top = report.bins[-1]
    return (
        f"Expected calibration error {report.calibration_error:.1%}; log-loss "
        f"{report.log_loss:.3f}. Of the surest {top.utterances:,} sentences, with "
        f"{top.confidence:.1%} on average, {top.right:.1%} were right. On the dotted line, "
        "confidence is exactly what it says."
    )


def _learning(curve: Curve | None) -> str:
    if curve is None:
        return "<p>There are too few lines for a learning curve: write more first.</p>"

    def draw(axes: Axes) -> None:
        LearningCurveDisplay(
            train_sizes=curve.sizes, train_scores=curve.learned, test_scores=curve.held_back
        ).plot(ax=axes, score_name="accuracy", std_display_style="fill_between")
        axes.set_xlabel("lines learned from")
        axes.yaxis.set_major_formatter(PercentFormatter(1.0))
        axes.legend(["lines learned from", "lines held back"], loc="lower right")
        axes.grid(alpha=0.3)

    verdict = curve.verdict()
    return f"<p>{verdict}</p>{_figure(draw, _SMALL, '', f'Learning curve. {verdict}')}"


def _most_mixed(report: Report) -> np.ndarray:
    """Return the numbers of the intents in most mix-ups, by the alphabet."""
    wrong = report.confusion - np.diag(np.diag(report.confusion))
    most = np.argsort(-(wrong.sum(axis=0) + wrong.sum(axis=1)), kind="stable")[:MATRIX_INTENTS]
    return np.sort(most)


def _matrix(report: Report, chosen: np.ndarray, *, values: bool = True) -> Draw:
    lines = np.maximum(report.confusion.sum(axis=1, keepdims=True), 1)
    shares = (report.confusion / lines)[np.ix_(chosen, chosen)]
    names = [report.labels[number].replace("_", " ") for number in chosen]

    def draw(axes: Axes) -> None:
        display = ConfusionMatrixDisplay(shares, display_labels=names)
        display.plot(
            ax=axes, include_values=values, values_format=".0%", xticks_rotation="vertical",
            cmap="Blues" if matplotlib.rcParams["text.color"] == "black" else "Blues_r",
            colorbar=False, im_kw={"vmin": 0.0, "vmax": _FULL_AT},
        )  # fmt: skip
        axes.set_xlabel("taken for")
        axes.set_ylabel("right intent")
        for text in display.text_.ravel() if display.text_ is not None else ():
            text.set_text("" if text.get_text() == "0%" else text.get_text())

    return draw


def _reliability(axes: Axes, report: Report) -> None:
    labelled = ~np.isnan(report.scored.probability)
    CalibrationDisplay.from_predictions(
        report.scored.best_right[labelled], report.scored.probability[labelled],
        n_bins=BINS, strategy="quantile", ax=axes, name="best intent",
    )  # fmt: skip
    axes.set_xlabel("confidence")
    axes.set_ylabel("share that is right")
    axes.grid(alpha=0.3)


def _scope(report: Report) -> dict[str, str]:
    scored, border = report.scored, report.thresholds.clarify_from
    inside, outside = scored.scope[scored.in_scope], scored.scope[~scored.in_scope]
    if not len(outside):
        note = "There are no sentences that are out of scope: write some into out_of_scope.txt."
        return {"scope": note, "histogram": "", "roc": ""}

    def histogram(axes: Axes) -> None:
        bins = np.linspace(0.0, 1.0, 31).tolist()
        for values, label in ((inside, "in scope"), (outside, "out of scope")):
            weights = np.full(len(values), 1 / len(values))
            axes.hist(values, bins=bins, weights=weights, alpha=0.6, label=label)
        axes.axvline(border, linestyle="--", color="gray", label="honest no below")
        axes.set_xlabel("how far a sentence seems to be in scope")
        axes.set_ylabel("share of the sentences")
        axes.yaxis.set_major_formatter(PercentFormatter(1.0))
        axes.legend()

    def roc(axes: Axes) -> None:
        RocCurveDisplay.from_predictions(
            scored.in_scope, scored.scope, ax=axes, name="in scope", plot_chance_level=True
        )
        point = float((outside >= border).mean()), float((inside >= border).mean())
        axes.plot(*point, "o", color="gray", label="the border in use")
        axes.set_xlabel("out of scope, let through")
        axes.set_ylabel("in scope, let through")
        axes.legend(loc="lower right")

    kept, refused = float((inside >= border).mean()), float((outside < border).mean())
    words = (
        f"The border {border:.3f} lets through {kept:.1%} of the {len(inside):,} sentences in "
        f"scope, and says an honest no to {refused:.1%} of the {len(outside):,} out of scope. "
        "Of those let through, the bot asks back where it is not sure."
    )
    return {
        "scope": words,
        "histogram": _figure(
            histogram, _SMALL, "", f"Histogram of the score in and out of scope. {words}"
        ),
        "roc": _figure(roc, _SMALL, "", f"Receiver operating characteristic. {words}"),
    }


def _figure(draw: Draw, size: tuple[float, float], kind: str, alt: str) -> str:
    """Return a plot as two inline images: the browser takes the one of its colours."""
    light, dark = (_drawn(draw, size, name) for name in _STYLES.values())
    return (
        f'<figure class="{kind}"><div class="scroll"><picture>'
        f'<source media="(prefers-color-scheme: dark)" srcset="{dark}">'
        f'<img src="{light}" alt="{escape(alt)}"></picture></div></figure>'
    )


def _drawn(draw: Draw, size: tuple[float, float], styled: str) -> str:
    with style.context(styled), matplotlib.rc_context(_SETTINGS):
        # No pyplot: nothing of this is kept, and no window system is asked for.
        figure = Figure(figsize=size, layout="constrained")
        axes = figure.subplots()
        draw(axes)
        legend = axes.get_legend()
        # The displays' lines of reference are black on any ground.
        for line in [*axes.lines, *(legend.get_lines() if legend else ())]:
            line.set_color("gray" if line.get_color() in ("k", "black") else line.get_color())
        out = io.BytesIO()
        options: dict[str, Any] = {"format": "svg", "transparent": True}
        figure.savefig(out, **options, metadata={"Date": None})
    return f"data:image/svg+xml;base64,{b64encode(out.getvalue()).decode()}"
