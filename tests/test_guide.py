"""The guide: a small complete one is read as written; each kind of mistake is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot import guide_reader
from bot.errors import GuideError
from bot.guide import Guide

GUIDE = {
    "guide.toml": """
title = "The bicycle shop"
caveat = "Bring the bicycle."
person = ["phone"]
phrase = { mornings = "Call in the morning." }
checklist.receipt = { text = "The receipt, if you still have it" }
route = [
    { id = "web", channel = "web", value = "bikes.example", label = "the shop's site" },
    { id = "city_phone", channel = "phone", value = "555-0100", label = "city bicycles", \
when = { bike = "city", sold = "here" }, note = "mornings", facts = ["F1"] },
    { id = "race_phone", channel = "phone", value = "555-0101", label = "racing bicycles", \
when = { bike = "race", sold = "here" } },
    { id = "other_shops", channel = "web", group = "phone", same_as = "web", \
label = "other shops", when = { sold = "elsewhere" } },
]
[slot]
bike = { type = "choice", label = "kind", ask = "A city or a racing bicycle?", assume = "city", \
choice = [{ value = "city", label = "city bicycle", words = ["Dutch bike"] }, \
{ value = "race", label = "racing bicycle" }] }
frame = { type = "choice", label = "frame", ask = "Steel or carbon?", \
choice = [{ value = "steel", label = "steel" }, { value = "carbon", label = "carbon" }] }
sold = { type = "choice", label = "where it was sold", default = "here", \
choice = [{ value = "here", label = "here" }, { value = "elsewhere", label = "elsewhere" }] }
""",
    "topics.toml": """
faq = [
    { topic = "repair", words = ["brake", "brakes"], answer = "Brakes are repaired at once." },
    { topic = "repair", words = ["chains", "brake"], answer = "Chains take a day; see {web}." },
]
[topic.repair]
title = "a repair"
answer = "Book a repair at {web}."
lead = "Call"
needs = ["frame", "bike"]
routes = ["phone"]
ready = ["receipt"]
next = ["rental"]
facts = ["F1", "F2"]
[topic.rental]
title = "a rental"
answer = "We lend bicycles by the day."
routes = ["web"]
urgent = false
[say.greet]
text = "Hello from the shop."
next = ["repair"]
""",
}


def write_guide(folder: Path) -> Path:
    folder.mkdir()
    for name, content in GUIDE.items():
        (folder / name).write_text(content, encoding="utf-8")
    return folder


def problems_of(folder: Path) -> str:
    with pytest.raises(GuideError) as caught:
        guide_reader.read(folder)
    return "\n".join(caught.value.problems)


def problems_after(folder: Path, file: str, old: str, new: str) -> str:
    assert old in GUIDE[file]
    write_guide(folder)
    (folder / file).write_text(GUIDE[file].replace(old, new, 1), encoding="utf-8")
    return problems_of(folder)


@pytest.fixture
def guide(tmp_path: Path) -> Guide:
    return guide_reader.read(write_guide(tmp_path / "guide"))


def values(guide: Guide, names: list[str], **details: str) -> list[str]:
    return [route.route.value for route in guide.resolve(names, details)]


TOPIC_MISTAKES = [
    ('"frame", "bike"]', '"frame", "bik"]', "names 'bik'", "did you mean 'bike'?"),
    ('answer = "We lend bicycles by the day."', "", "topic.rental", "'answer'"),
    ('next = ["rental"]', 'next = ["rentl"]', "'rentl'", "mean 'rental'?"),
    ('routes = ["web"]', 'routes = ["wbe"]', "'wbe'", "mean 'web'?"),
    ("repair at {web}", "repair at {wen}", "'wen'", "mean 'web'?"),
    ('ready = ["receipt"]', 'ready = ["reciept"]', "'reciept'", "'receipt'?"),
    ('topic = "repair"', 'topic = "repairs"', "'repairs'", "mean 'repair'?"),
    ("see {web}", "see {wep}", "'wep'", "mean 'web'?"),
    ('next = ["repair"]', 'next = ["repare"]', "'repare'", "mean 'repair'?"),
    ("Hello from the shop", "Hello from {wep}", "'wep'", "mean 'web'?"),
    ('title = "a repair"', 'titel = "a repair"', "titel", "did you mean 'title'?"),
    ("[say.greet]", "[sya.greet]", "sya", "did you mean 'say'?"),
    ("urgent = false", 'urgent = "no"', "topic.rental.urgent", "true or false"),
    ('["web"]', '"web"', "topic.rental.routes", "a list"),
    ('title = "a rental"', "title = 7", "topic.rental.title", "a text"),
    ('routes = ["web"]', "routes = [7]", "topic.rental.routes", "texts"),
    ('lead = "Call"\n', "", "topic.repair", "'lead'"),
    ('lead = "Call"\n', 'lead = "Call"\nover = "Good."\n', "topic.repair", "'over_when'"),
    ('lead = "Call"\n', 'lead = "Call"\nover_when = ["it runs"]\n', "topic.repair", "'over'"),
    ('lead = "Call"', "lead = Call", "is not TOML", "line 9"),
]
BASE_MISTAKES = [
    ('bike = "city", sold', 'bkie = "city", sold', "'bkie'", "mean 'bike'?"),
    ('bike = "city", sold', 'bike = "town", sold', "'town'", "city"),
    ('note = "mornings"', 'note = "mornngs"', "'mornngs'", "mean 'mornings'?"),
    ('person = ["phone"]', 'person = ["phon"]', "'phon'", "mean 'phone'?"),
    ('channel = "phone"', 'channel = "fone"', "'fone'", "mean 'phone'?"),
    ('type = "choice"', 'type = "choise"', "'choise'", "mean 'choice'?"),
    ('assume = "city"', 'assume = "cit"', "'cit'", "mean 'city'?"),
    ('same_as = "web"', 'same_as = "wbe"', "'wbe'", "mean 'web'?"),
    ('id = "race_phone"', 'id = "city_phone"', "'city_phone'", "another route"),
    ('value = "555-0100", ', "", "route", "'value'"),
    ("Bring the bicycle", "See {wep}", "'wep'", "mean 'web'?"),
    ("Call in the morning", "See {wep}", "'wep'", "mean 'web'?"),
    ("Steel or carbon?", "Steel? See {wep}", "'wep'", "mean 'web'?"),
    ("if you still have it", "see {wep}", "'wep'", "mean 'web'?"),
]
MISTAKES = [("topics.toml", *mistake) for mistake in TOPIC_MISTAKES]
MISTAKES += [("guide.toml", *mistake) for mistake in BASE_MISTAKES]


@pytest.mark.parametrize(("file", "old", "new", "what", "cure"), MISTAKES)
def test_a_mistake_is_refused_with_its_file_its_place_and_a_cure(
    file: str, old: str, new: str, what: str, cure: str, tmp_path: Path
) -> None:
    problems = problems_after(tmp_path / "guide", file, old, new)
    for fragment in (what, cure, str(tmp_path / "guide" / file)):
        assert fragment in problems


MISPLACED = ["topic = 3", "route = 3", "phrase = 3", "words = 3", "say = 'hello'", "faq = [3]"]
MISPLACED += ["route = ['web']", "topic.sale = 3", "topic = [{ title = 'x' }]", "route.id = 'mail'"]
MISPLACED += ["slot.colour = { type = 'choice', label = 'colour', choice = ['red'] }"]
MISPLACED += ["slot.colour = { type = 'choice', label = 'colour' }"]


@pytest.mark.parametrize("content", MISPLACED)
def test_tables_and_lists_in_each_others_place_are_mistakes_not_crashes(
    content: str, tmp_path: Path
) -> None:
    folder = write_guide(tmp_path / "guide")
    (folder / "z.toml").write_text(content, encoding="utf-8")
    assert "z.toml" in problems_of(folder)


def test_a_topic_in_two_files_is_refused_naming_both(tmp_path: Path) -> None:
    folder = write_guide(tmp_path / "guide")
    (folder / "z.toml").write_text('[topic.rental]\ntitle = "x"\nanswer = "y"\n')
    problems = problems_of(folder)
    assert f"{folder / 'z.toml'}: topic.rental" in problems
    assert str(folder / "topics.toml") in problems


def test_a_file_in_another_encoding_is_refused_by_name(tmp_path: Path) -> None:
    folder = write_guide(tmp_path / "guide")
    (folder / "z.toml").write_bytes('title = "Fahrräder"'.encode("latin-1"))
    assert f"{folder / 'z.toml'}: is not UTF-8" in problems_of(folder)


def test_a_folder_without_a_guide_is_refused_with_the_command_that_makes_one(
    tmp_path: Path,
) -> None:
    for folder in (tmp_path, tmp_path / "missing"):
        problems = problems_of(folder)
        assert str(folder) in problems
        assert "bot new" in problems


def test_a_topic_needs_no_detail_that_is_never_asked_for(tmp_path: Path) -> None:
    ask = 'ask = "Steel or carbon?", '
    assert "needs 'frame'" in problems_after(tmp_path / "guide", "guide.toml", ask, "")


def test_a_guide_without_a_way_to_a_person_is_refused(tmp_path: Path) -> None:
    assert "person" in problems_after(tmp_path / "guide", "guide.toml", 'person = ["phone"]', "")


def test_all_mistakes_are_listed_at_once(tmp_path: Path) -> None:
    folder = write_guide(tmp_path / "guide")
    broken = GUIDE["topics.toml"].replace('"a repair"', "1").replace('"web"', '"wep"')
    (folder / "topics.toml").write_text(broken, encoding="utf-8")
    with pytest.raises(GuideError) as caught:
        guide_reader.read(folder)
    for fragment in ("topic.repair.title", "'wep'"):
        assert any(fragment in problem for problem in caught.value.problems)


def test_a_complete_guide_is_read_as_written(guide: Guide) -> None:
    assert guide.title == "The bicycle shop"
    assert [*guide.topics] == ["repair", "rental"]
    assert guide.topics["repair"].needs == ("frame", "bike")
    assert guide.slots["bike"].choices[0].words == ("dutch bike",)
    assert guide.slots["bike"].label_of("race") == "racing bicycle"
    assert guide.numbers == ("555-0100", "555-0101")
    assert guide.facts["F1"] == ("route.2", "topic.repair")
    assert guide.says["greet"].text == "Hello from the shop."  # in place of the default
    assert guide.says["thank"].text  # the default


def test_a_group_gives_every_route_that_details_and_defaults_leave_open(guide: Guide) -> None:
    assert values(guide, ["phone"]) == ["555-0100", "555-0101"]
    assert values(guide, ["phone"], bike="race") == ["555-0101"]
    assert values(guide, ["phone"], sold="elsewhere", bike="race") == ["bikes.example"]


def test_routes_come_in_the_order_asked_for_and_each_value_once(guide: Guide) -> None:
    assert values(guide, ["web", "phone"], bike="city") == ["bikes.example", "555-0100"]
    assert values(guide, ["phone", "web"], sold="elsewhere") == ["bikes.example"]
    assert values(guide, ["city_phone"], bike="race") == []


def test_only_a_detail_that_changes_the_answer_is_asked_for(guide: Guide) -> None:
    repair = guide.topics["repair"]
    assert guide.missing(repair, {}, ()) == "bike"
    assert guide.missing(repair, {"bike": "city"}, ()) is None
    assert guide.missing(repair, {}, {"bike"}) is None
    assert guide.missing(repair, {"sold": "elsewhere"}, ()) is None
    assert guide.missing(guide.topics["rental"], {}, ()) is None


def test_what_is_known_goes_before_what_is_assumed(guide: Guide) -> None:
    repair = guide.topics["repair"]
    assert guide.assumed(repair, {}) == {"bike": "city"}
    known = {"bike": "race", "frame": "steel"}
    assert guide.assumed(repair, known) == known
    assert guide.assumed(guide.topics["rental"], {}) == {}


def test_what_a_guide_listens_for_is_found_in_one_pass(guide: Guide) -> None:
    said = "no idea , can you cancel it for me or what".replace(",", "").split()
    found = guide.phrasebook.find(said)
    assert {"dont_know", "do_it_for_me"} <= set(found)
    hit = found["dont_know"][0]
    assert (hit.first, hit.last) == (0, 1)
    assert "filler" not in found


def test_a_bare_word_is_a_value_only_of_a_slot_that_matters_and_of_one_alone(guide: Guide) -> None:
    assert guide.bare_values["race"] == ("bike", "race")
    assert guide.bare_values["steel"] == ("frame", "steel")
    assert "elsewhere" not in guide.bare_values


def test_the_narrower_question_with_most_words_is_found_and_the_first_of_equals(
    guide: Guide,
) -> None:
    repair = guide.topics["repair"]
    assert repair.faq_for(["my", "braking", "is", "bad"]) == 0
    assert repair.faq_for(["brakes"]) == 0
    assert repair.faq_for(["chain", "and", "brakes"]) == 1
    assert repair.faq_for(["a", "flat", "tyre"]) is None
    assert guide.topics["rental"].faq_for(["brakes"]) is None
