"""Who reported is unreadable in the database, bound to its report, and survives a change of keys."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.app import App
from engine.campaign import contacts, reporters
from engine.campaign.report_model import CitizenReport, Reporter
from engine.errors import Unavailable
from engine.settings import Settings

SETTINGS = Settings.from_env({"BIHUAN_SECRET_KEY": "s" * 32})
OLD, NEW = "o" * 32, "n" * 32


@given(st.text(max_size=255), st.text(max_size=64))
def test_what_was_sealed_is_read_again_and_never_the_same_twice(name: str, phone: str) -> None:
    first, second = (contacts.seal(SETTINGS, "JB-1", name, phone) for _ in range(2))
    assert contacts.unseal(SETTINGS, "JB-1", first) == contacts.unseal(SETTINGS, "JB-1", second) == (name, phone)
    assert first != second


def test_a_secret_of_another_report_or_a_changed_one_is_refused() -> None:
    text = contacts.seal(SETTINGS, "JB-1", "甲", "139")
    assert "139" not in text and "甲" not in text
    for report, changed in (("JB-2", text), ("JB-1", text[:-6] + ("A" if text[-6] != "A" else "B") + text[-5:])):
        with pytest.raises(Unavailable, match="改动"):
            contacts.unseal(SETTINGS, report, changed)
    with pytest.raises(Unavailable, match="BIHUAN_CONTACT_KEYS"):
        contacts.unseal(replace(SETTINGS, contact_keys=(OLD,)), "JB-1", text)
    with pytest.raises(Unavailable, match="没有设置密钥"):
        contacts.seal(replace(SETTINGS, secret_key=None), "JB-1", "甲", "")


def kept(app: App) -> list[Reporter]:
    with app.reading() as tx:
        return [tx.get_one(Reporter, number) for number in ("JB-1", "JB-2")]


def test_keys_are_changed_without_losing_anybody(street: App) -> None:
    street.settings = replace(street.settings, contact_keys=(OLD,))
    sealed = contacts.seal(street.settings, "JB-1", "甲", "139")
    with street.transaction() as tx:
        for number in ("JB-1", "JB-2"):
            tx.add(CitizenReport(
                number=number, code_hash=number, channel="网上", category="消防", text="x", casualties=False,
                danger_now=False, anonymous=False, received_at=street.clock(), receiver="safety_office", handler="x",
            ))  # fmt: skip
        tx.flush()
        tx.add(Reporter(report="JB-1", sealed=sealed))
        tx.add(Reporter(report="JB-2", name="乙", phone="138"))  # from before contacts were encrypted
    street.settings = replace(street.settings, contact_keys=(NEW,))
    with pytest.raises(Unavailable):
        reporters.seal_again(street)
    assert [row.sealed for row in kept(street)] == [sealed, ""]  # nothing was changed
    street.settings = replace(street.settings, contact_keys=(NEW, OLD))
    assert (reporters.seal_again(street), reporters.seal_again(street)) == (2, 0)
    street.settings = replace(street.settings, contact_keys=(NEW,))
    rows = kept(street)
    assert [contacts.unseal(street.settings, row.report, row.sealed) for row in rows] == [("甲", "139"), ("乙", "138")]
    assert {(row.name, row.phone) for row in rows} == {("", "")}
