import pytest

from baqylau.labels import GROUP, LEVEL, PLACE_KIND
from baqylau.places import labels, rules
from baqylau.places.terms import AuthorityLevel, GroupHeld, PlaceKind, Region

FACILITY, REGIONAL, COMMITTEE, MINISTRY, GOVERNMENT, PROSECUTOR = AuthorityLevel


@pytest.mark.parametrize(
    ("level", "above", "holds"),
    [
        (FACILITY, REGIONAL, True),
        (FACILITY, MINISTRY, True),
        (COMMITTEE, MINISTRY, True),
        (MINISTRY, GOVERNMENT, True),
        (MINISTRY, MINISTRY, False),
        (MINISTRY, REGIONAL, False),
        (GOVERNMENT, FACILITY, False),
        (FACILITY, PROSECUTOR, False),
        (PROSECUTOR, GOVERNMENT, False),
        (PROSECUTOR, PROSECUTOR, True),
    ],
)
def test_an_authority_stands_under_a_higher_one(level: AuthorityLevel, above: AuthorityLevel, holds: bool) -> None:
    assert rules.may_stand_above(level, above) is holds


@pytest.mark.parametrize(
    ("search", "holds"),
    [
        ("", True),
        ("мекеме", True),
        ("МЕКЕМЕ", True),
        ("қыз-келіншек", True),
        ("ҚЫЗ", True),
        ("aty 07", True),
        ("aty-07", True),
        ("щелкино", True),  # ё may be typed as е
        ("учреждение  щёлкино", True),
        ("мекеме shymkent", False),
        ("%", False),
        ("_", False),
    ],
)
def test_each_word_is_found_anywhere_without_regard_to_size(search: str, holds: bool) -> None:
    texts = ("ATY-07", "№ 7 Мекеме (Қыз-келіншектер)", "Учреждение № 7 Щёлкино", "Institution No. 7")

    assert rules.is_found(search, *texts) is holds


def test_every_value_has_a_word() -> None:
    assert set(labels.KINDS) == set(PlaceKind) == set(PLACE_KIND)
    assert set(labels.GROUPS) == set(GroupHeld) == set(GROUP)
    assert set(labels.LEVELS) == set(AuthorityLevel) == set(LEVEL)
    assert set(labels.REGIONS) == set(Region)


def test_regions_are_those_that_councils_know() -> None:
    from baqylau.councils.labels import REGIONS

    assert set(REGIONS) == {region.value for region in Region}
