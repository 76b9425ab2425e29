"""The figures of `bot-train evaluate`, and its page: right, complete, and without a network."""

from __future__ import annotations

import re
from base64 import b64decode
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

from bot.home import Home
from training import report, trainer, utterances
from training.report import Report
from training.utterances import Utterance
from training.zones import HeldOut

LABELS = ("greet", "out_of_scope", "pay")


def rows_of(counts: dict[str, int]) -> list[Utterance]:
    return [
        Utterance(name, f"<{name}> & {n}", source=f"/somewhere/{name}.txt:{n + 1}")
        for name, count in counts.items()
        for n in range(count)
    ]


@pytest.fixture(scope="module")
def rows() -> list[Utterance]:
    return rows_of({"greet": 10, "out_of_scope": 10, "pay": 20})


@pytest.fixture(scope="module")
def held_out(rows: list[Utterance]) -> HeldOut:
    """Four of twenty `pay` are taken for `greet`, one `greet` for `pay`; the rest is right."""
    truth = np.array([LABELS.index(row.intent) for row in rows])
    best = truth.copy()
    best[20:24] = 0
    best[0] = 2
    logits = np.full((len(rows), 3), -1.0)
    logits[np.arange(len(rows)), best] = 2.0 + np.linspace(0, 1, len(rows))
    return HeldOut(LABELS, truth, logits, np.ones(len(rows)))


@pytest.fixture(scope="module")
def measured(held_out: HeldOut, rows: list[Utterance]) -> Report:
    return report.measure(held_out, rows)


def test_precision_recall_and_f1_are_those_of_their_definitions(measured: Report) -> None:
    by_name = {row.intent: row for row in measured.intents}
    pay, greet = by_name["pay"], by_name["greet"]
    assert (pay.precision, pay.recall, pay.utterances) == (16 / 17, 16 / 20, 20)
    assert (greet.precision, greet.recall) == (9 / 13, 9 / 10)
    assert greet.f1 == pytest.approx(2 * greet.precision * greet.recall / (9 / 13 + 9 / 10))
    assert [row.intent for row in measured.intents] == ["greet", "pay", "out_of_scope"]


def test_mix_ups_come_most_frequent_first_with_the_surest_sentences(measured: Report) -> None:
    first, second = measured.mix_ups
    assert (first.intent, first.taken_for, first.count) == ("pay", "greet", 4)
    # The later of the four rows is the surer one.
    assert first.examples == tuple(f"/somewhere/pay.txt:{n}: <pay> & {n - 1}" for n in (4, 3, 2))
    assert (second.intent, second.taken_for, second.count) == ("greet", "pay", 1)


def test_bins_hold_every_utterance_once_and_say_how_often_the_best_is_right(
    measured: Report,
) -> None:
    assert sum(row.utterances for row in measured.bins) == 40
    assert sum(row.right * row.utterances for row in measured.bins) == pytest.approx(35)
    assert [row.confidence for row in measured.bins] == sorted(
        row.confidence for row in measured.bins
    )


def test_the_text_names_every_intent_and_mix_up(measured: Report) -> None:
    said = report.text(measured)
    assert "pay taken for greet" in said
    assert "/somewhere/pay.txt:4: <pay> & 3" in said
    assert all(f"  {name} " in said for name in LABELS)


class Page(HTMLParser):
    """Collects what a test looks at."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words += data


@pytest.fixture(scope="module")
def page(measured: Report, tmp_path_factory: pytest.TempPathFactory) -> str:
    pytest.importorskip("matplotlib")
    from training import report_page

    curve = report.Curve(
        np.array([10, 20]), np.array([[1.0, 1.0], [1.0, 1.0]]), np.array([[0.5, 0.6], [0.7, 0.8]])
    )
    path = tmp_path_factory.mktemp("page") / "out.html"
    report_page.write(path, measured, curve, "forty <lines>")
    assert [file.name for file in path.parent.iterdir()] == ["out.html"]
    return path.read_text(encoding="utf-8")


def test_every_picture_is_inline_svg_with_words_for_those_who_cannot_see_it(page: str) -> None:
    found = Page(page)
    pictures = [attributes for tag, attributes in found.tags if tag == "img"]
    assert len(pictures) == 6
    assert all(len(attributes["alt"] or "") > 40 for attributes in pictures)
    sources = [a["src"] or "" for a in pictures]
    sources += [a["srcset"] or "" for tag, a in found.tags if tag == "source"]
    assert len(sources) == 12  # each in two colours
    assert len(set(sources)) == 12
    for source in sources:
        head, _, data = source.partition(",")
        assert head == "data:image/svg+xml;base64"
        assert ElementTree.fromstring(b64decode(data)).tag.endswith("svg")


def test_the_page_asks_nothing_of_a_network(page: str) -> None:
    found = Page(page)
    assert not {tag for tag, _ in found.tags} & {"script", "link", "iframe", "object"}
    links = [
        value or ""
        for _, attributes in found.tags
        for name, value in attributes.items()
        if name in ("src", "srcset", "href", "xlink:href")
    ]
    assert all(link.startswith("data:") for link in links)
    assert "url(" not in page.split("</style>")[0]
    assert "@import" not in page


def test_the_page_fits_a_phone_and_dark_mode_and_shows_texts_as_they_are(page: str) -> None:
    assert 'name="viewport" content="width=device-width' in page
    assert "prefers-color-scheme: dark" in page
    words = " ".join(Page(page).words.split())
    assert "pay.txt:4: <pay> & 3" in words
    assert "/somewhere/" not in words
    assert "forty <lines>" in words
    assert "It still rises: more examples would help." in words
    assert not re.search(r"\$\w+", words)


def test_the_same_report_is_the_same_page(measured: Report) -> None:
    pytest.importorskip("matplotlib")
    from training import report_page

    first = report_page.render(measured, None, "now")
    assert report_page.render(measured, None, "now") == first
    assert "too few lines" in first


def test_a_home_without_out_of_scope_lines_says_so_and_has_no_empty_plot() -> None:
    pytest.importorskip("matplotlib")
    from training import report_page

    rows = rows_of({"greet": 6, "pay": 6})
    truth = np.repeat([0, 1], 6)
    logits = np.where(np.arange(2) == truth[:, None], 1.0, -1.0)
    logits[0] = -logits[0]
    held = HeldOut(("greet", "pay"), truth, logits, np.ones(12))
    page = report_page.render(report.measure(held, rows), None, "now")
    assert "write some into out_of_scope.txt" in page
    assert len([tag for tag, _ in Page(page).tags if tag == "img"]) == 3


def test_a_flat_curve_does_not_promise_anything() -> None:
    held_back = np.array([[0.6], [0.9], [0.905]])
    flat = report.Curve(np.array([10, 20, 40]), np.ones((3, 1)), held_back)
    assert "hardly rises" in flat.verdict()
    assert "From 20 to 40 lines" in flat.verdict()


def test_the_learning_curve_counts_its_points_and_is_the_same_for_any_number_of_jobs() -> None:
    rows = utterances.read_folder(Home.shipped().guide.with_name("blank") / "utterances")
    done: list[tuple[int, int]] = []
    alone = report.curve(rows, jobs=1, report=lambda n, of: done.append((n, of)))
    side_by_side = report.curve(rows, jobs=2)
    assert alone is not None
    assert side_by_side is not None
    assert np.array_equal(alone.held_back, side_by_side.held_back)
    assert done == [(n, len(alone.sizes)) for n in range(1, len(alone.sizes) + 1)]
    assert alone.sizes[-1] == round(0.8 * len(rows))
    assert alone.held_back[-1].mean() > alone.held_back[0].mean()


def test_too_few_lines_have_no_learning_curve() -> None:
    assert report.curve(rows_of({"a": 3, "b": 3})) is None


def test_the_figures_agree_with_those_of_the_folds() -> None:
    rows = utterances.read_folder(Home.shipped().guide.with_name("blank") / "utterances")
    held = trainer.cross_validate(rows, jobs=1)
    found = report.measure(held, trainer.in_training_order(rows))
    right = sum(row.recall * row.utterances for row in found.intents)
    assert right == pytest.approx((held.logits.argmax(axis=1) == held.truth).sum())
    for row in found.mix_ups:
        for example in row.examples:
            assert Path(example.split(":")[0]).stem == row.intent
