"""Which addresses are one person."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syncd.model import Profile
from syncd.people.identities import identify, name_parts

ANN = Profile("Ann Lee", ("ann.lee@client.example", "ann@home.example"))


def _same(names: dict[str, str], *profiles: Profile) -> set[frozenset[str]]:
    """The groups of addresses that were found to be one person."""
    return {frozenset(one.addresses) for one in identify(profiles, names).values()}


def test_the_addresses_of_people_yaml_are_one_person() -> None:
    found = identify([ANN], {"ann@home.example": "A.", "bob@client.example": "Bob Stone"})
    assert found["ann@home.example"] is found["ann.lee@client.example"]
    assert found["ann@home.example"].key == "ann.lee@client.example"
    assert found["ann@home.example"].name == "Ann Lee"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("ann.lee@client.example", "Ann Lee"), ("annlee77@gmail.com", "Lee, Ann")),
        (("zoe.legrand@a.example", "Zoé Legrand"), ("zlegrand@b.example", "LEGRAND Zoe")),
        (("al@client.example", "Ann Lee"), ("ann@home.example", "Ann Lee")),
    ],
)
def test_one_name_that_both_addresses_speak_of_is_one_person(
    one: tuple[str, str], other: tuple[str, str]
) -> None:
    assert _same(dict([one, other])) == {frozenset({one[0], other[0]})}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("ann.lee@client.example", "Ann Lee"), ("moss77@home.example", "Ann Lee")),
        (("ann@client.example", "Ann"), ("ann@other.example", "Ann")),
        (("sales@client.example", "Sales Team"), ("sales@other.example", "Sales Team")),
        (("info@client.example", "Info Desk"), ("info@other.example", "Info Desk")),
        (("ann.lee@client.example", "Ann Lee"), ("ann.stone@client.example", "Ann Stone")),
        (("ann.lee@client.example", ""), ("ann.lee@other.example", "")),
    ],
)
def test_what_is_not_sure_stays_apart(one: tuple[str, str], other: tuple[str, str]) -> None:
    assert _same(dict([one, other])) == {frozenset({one[0]}), frozenset({other[0]})}


def test_a_new_address_of_a_named_person_joins_them() -> None:
    found = identify([ANN], {"annlee@work.example": "Ann Lee"})
    assert found["annlee@work.example"].profile is ANN
    assert found["annlee@work.example"].key == "ann.lee@client.example"


def test_two_people_of_one_name_in_people_yaml_are_never_joined() -> None:
    other = Profile("Ann Lee", ("ann.lee@other.example",))
    found = identify([ANN, other], {"annlee@third.example": "Ann Lee"})
    assert found["ann.lee@client.example"] is not found["ann.lee@other.example"]
    assert found["annlee@third.example"].profile is None


def test_a_person_without_an_address_is_known_by_name() -> None:
    found = identify([Profile("Max Gold")], {"max.gold@firm.example": "Max Gold"})
    assert found["max.gold@firm.example"].profile == Profile("Max Gold")
    assert found["max.gold@firm.example"].key == "name:max gold"


_LOCAL = st.sampled_from(["ann", "ann.lee", "alee", "info", "lee", "bob", "b.stone", "x"])
_DOMAIN = st.sampled_from(["a.example", "b.example", "gmail.com"])
_NAME = st.sampled_from(["Ann Lee", "Lee, Ann", "Bob Stone", "Info Team", "", "Ann"])


@given(
    st.dictionaries(st.builds(lambda x, y: f"{x}@{y}", _LOCAL, _DOMAIN), _NAME, max_size=12),
    st.randoms(use_true_random=False),
)
def test_who_is_who_does_not_depend_on_the_order_of_mail(
    names: dict[str, str], order: object
) -> None:
    shuffled = list(names.items())
    order.shuffle(shuffled)  # type: ignore[attr-defined]
    found, again = identify([ANN], names), identify([ANN], dict(shuffled))
    assert {a: i.key for a, i in found.items()} == {a: i.key for a, i in again.items()}
    for address in names:
        assert address in found[address].addresses or found[address].profile is not None
        # an address is in one person's list only
        assert sum(address in i.addresses for i in {id(i): i for i in found.values()}.values()) == 1


@given(st.text(max_size=40))
def test_the_parts_of_a_name_do_not_depend_on_case_and_order(name: str) -> None:
    assert name_parts(name) == name_parts(" ".join(reversed(name.split())))
