"""The words of the register of places."""

from enum import StrEnum


class PlaceKind(StrEnum):
    """Kinds of places of deprivation of liberty, as checklists name them (docs/checklist-format.md)."""

    COLONY_MINIMUM = "colony_minimum"
    COLONY_MEDIUM = "colony_medium"
    COLONY_MAXIMUM = "colony_maximum"
    COLONY_EXTRAORDINARY = "colony_extraordinary"
    COLONY_FULL = "colony_full"
    COLONY_MIXED = "colony_mixed"
    COLONY_MINORS = "colony_minors"
    REMAND = "remand"
    POLICE_IVS = "police_ivs"
    SPECIAL_RECEPTION = "special_reception"
    RECEPTION_DISTRIBUTION = "reception_distribution"
    MINORS_ADAPTATION = "minors_adaptation"
    GUARDHOUSE = "guardhouse"
    PSYCHIATRIC = "psychiatric"
    SOCIAL_CARE = "social_care"


class GroupHeld(StrEnum):
    """Groups of people whom a place holds."""

    MEN = "men"
    WOMEN = "women"
    MINORS = "minors"
    LIFE = "life"
    UNTRIED = "untried"
    FOREIGNERS = "foreigners"
    MOTHERS_WITH_CHILDREN = "mothers_with_children"
    DISABLED = "disabled"


class AuthorityLevel(StrEnum):
    """Levels of addressees of recommendations, from the place upwards."""

    FACILITY = "facility"
    REGIONAL = "regional"
    COMMITTEE = "committee"
    MINISTRY = "ministry"
    GOVERNMENT = "government"
    PROSECUTOR = "prosecutor"


class Region(StrEnum):
    """Regions, the capital and the cities of republican significance of Kazakhstan."""

    ABAI = "abai"
    AKMOLA = "akmola"
    AKTOBE = "aktobe"
    ALMATY = "almaty"
    ATYRAU = "atyrau"
    EAST_KAZAKHSTAN = "east_kazakhstan"
    JAMBYL = "jambyl"
    JETISU = "jetisu"
    KARAGANDA = "karaganda"
    KOSTANAY = "kostanay"
    KYZYLORDA = "kyzylorda"
    MANGYSTAU = "mangystau"
    NORTH_KAZAKHSTAN = "north_kazakhstan"
    PAVLODAR = "pavlodar"
    TURKISTAN = "turkistan"
    ULYTAU = "ulytau"
    WEST_KAZAKHSTAN = "west_kazakhstan"
    ASTANA = "astana"
    ALMATY_CITY = "almaty_city"
    SHYMKENT = "shymkent"
