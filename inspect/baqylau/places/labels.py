"""The words of the register of places, in the page's language; the same that reports print (`baqylau.labels`)."""

from flask_babel import lazy_gettext

from baqylau import labels
from baqylau.councils import labels as council_labels
from baqylau.places.terms import AuthorityLevel, GroupHeld, PlaceKind, Region

KINDS = {kind: lazy_gettext(labels.PLACE_KIND[kind.value]) for kind in PlaceKind}
GROUPS = {group: lazy_gettext(labels.GROUP[group.value]) for group in GroupHeld}
LEVELS = {level: lazy_gettext(labels.LEVEL[level.value]) for level in AuthorityLevel}
REGIONS = {region: council_labels.REGIONS[region.value] for region in Region}
