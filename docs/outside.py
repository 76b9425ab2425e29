"""Other people's words: how sentences of public intent sets are taken, as a table.

python docs/outside.py --data FOLDER [--part train] [--model FOLDER]

FOLDER holds the sets as `bot-train benchmark` reads them (clinc150, banking77, hwu64, each with
train.jsonl and dev.jsonl). Only intents whose meaning is one of ours without doubt are taken,
and of those about something else only such as no card company is asked about.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from pathlib import Path

from bot.classifier import Classifier
from bot.home import Home
from bot.messages import OUT_OF_SCOPE, Classification

_CHARGE = ("dispute_charge",)
_FRAUD = ("dispute_charge", "report_lost_or_stolen_card")
_BILL = ("view_statement", "make_payment")
OURS: dict[str, dict[str, tuple[str, ...]]] = {
    "clinc150": {
        "report_lost_card": ("report_lost_or_stolen_card",),
        "report_fraud": _FRAUD,
        "damaged_card": ("replace_damaged_card",),
        "new_card": ("apply_for_card",),
        "rewards_balance": ("rewards_points",),
        "redeem_rewards": ("rewards_points",),
        "pay_bill": ("make_payment",),
        "bill_balance": _BILL,
        "min_payment": _BILL,
        "transactions": ("view_statement",),
        "spending_history": ("view_statement",),
        "application_status": ("application_status",),
        "are_you_a_bot": ("bot_challenge",),
        "cancel": ("cancel", "deny"),
        "goodbye": ("goodbye",),
        "greeting": ("greet",),
        "thank_you": ("thank",),
        "yes": ("affirm",),
        "no": ("deny",),
        "repeat": ("repeat",),
        "what_can_i_ask_you": ("help",),
    },
    "banking77": {
        "card_payment_not_recognised": _FRAUD,
        "cash_withdrawal_not_recognised": _FRAUD,
        "direct_debit_payment_not_recognised": _CHARGE,
        "extra_charge_on_statement": _CHARGE,
        "transaction_charged_twice": _CHARGE,
        "request_refund": _CHARGE,
        "lost_or_stolen_card": ("report_lost_or_stolen_card",),
        "compromised_card": _FRAUD,
        "edit_personal_details": ("update_personal_info",),
        "card_arrival": ("application_status", "replace_damaged_card", "follow_up"),
        "card_swallowed": ("report_lost_or_stolen_card", "replace_damaged_card"),
    },
    "hwu64": {
        "general_affirm": ("affirm",),
        "general_negate": ("deny",),
        "general_repeat": ("repeat",),
    },
}
"""Intents of the sets, and those of the shipped guide that serve them."""
NOT_COUNTED = frozenset(
    """account_blocked apr balance bill_due card_declined change_ai_name credit_limit
    credit_limit_change credit_score direct_deposit exchange_rate expiration_date freeze_account
    improve_credit_score income insurance interest_rate international_fees maybe order_checks
    pin_change replacement_card_duration reset_settings rollover_401k routing transfer
    travel_alert travel_notification user_name what_is_your_name who_do_you_work_for who_made_you
    email_sendemail general_commandstop general_confirm general_dontcare general_explain
    general_joke general_praise general_quirky social_post social_query qa_currency""".split()
)
"""Near enough to cards or to small talk for the right answer to be a matter of opinion."""


def main() -> None:
    """Print the table."""
    options = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    options.add_argument("--data", type=Path, required=True, help="the folder of the sets")
    options.add_argument("--part", default="dev", help="dev or train (default dev)")
    options.add_argument("--model", type=Path, help="a model's folder (default the one in use)")
    chosen = options.parse_args()
    classifier = Classifier.load(Home.shipped().model_folder(chosen.model))
    print("| set | sentences | best guess right | answered right | wrong | asked | 'unknown' |")
    print("|---|--:|--:|--:|--:|--:|--:|")
    for name, known in OURS.items():
        inside, outside = _taken(chosen.data / name / f"{chosen.part}.jsonl", known, name)
        _row(f"{name}, ours", inside, classifier)
        _row(f"{name}, something else", outside, classifier)


def _taken(
    path: Path, known: dict[str, tuple[str, ...]], name: str
) -> tuple[list[tuple[str, tuple[str, ...]]], list[tuple[str, tuple[str, ...]]]]:
    """Return (sentence, right intents) of those that are ours, and of those that are not."""
    inside: list[tuple[str, tuple[str, ...]]] = []
    outside: list[tuple[str, tuple[str, ...]]] = []
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        if row["intent"] in known:
            inside.append((row["text"], known[row["intent"]]))
        elif name != "banking77" and row["intent"] not in NOT_COUNTED:
            outside.append((row["text"], (OUT_OF_SCOPE,)))
    return inside, outside


def _row(title: str, rows: list[tuple[str, tuple[str, ...]]], classifier: Classifier) -> None:
    if not rows:
        return
    counts: Counter[str] = Counter()
    found = classifier.classify_many(text for text, _ in rows)
    for (_, right), said in zip(rows, found, strict=True):
        counts["best"] += said.ranking[0][0] in right
        counts[_outcome(said, right)] += 1
    best = f"{counts['best'] / len(rows):.1%}" if OUT_OF_SCOPE not in rows[0][1] else "-"
    right_share = f"{counts['right'] / len(rows):.1%}" if best != "-" else "-"
    shares = [f"{counts[key] / len(rows):.1%}" for key in ("wrong", "clarify", "unknown")]
    print(f"| {title} | {len(rows):,} | {best} | {right_share} | {' | '.join(shares)} |")


def _outcome(said: Classification, right: tuple[str, ...]) -> str:
    if said.zone != "answer":
        return said.zone
    return "right" if said.intent in right else "wrong"


if __name__ == "__main__":
    main()
