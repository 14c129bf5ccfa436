"""The words of councils and roles, in the page's language."""

from flask_babel import lazy_gettext

from baqylau import labels
from baqylau.rights.terms import CouncilKind, Role

KINDS = {kind: lazy_gettext(labels.COUNCIL_KIND[kind.value]) for kind in CouncilKind}

ROLES = {
    Role.MONITOR: lazy_gettext("monitor"),
    Role.CHAIR: lazy_gettext("chair"),
    Role.SECRETARY: lazy_gettext("secretary"),
    Role.COORDINATOR: lazy_gettext("coordinator of the national preventive mechanism"),
    Role.OFFICE: lazy_gettext("employee of the Commissioner’s office"),
}

#: Regions by the value of `places.terms.Region`, which lies above this room.
REGIONS = {
    "abai": lazy_gettext("Abai region"),
    "akmola": lazy_gettext("Akmola region"),
    "aktobe": lazy_gettext("Aktobe region"),
    "almaty": lazy_gettext("Almaty region"),
    "atyrau": lazy_gettext("Atyrau region"),
    "east_kazakhstan": lazy_gettext("East Kazakhstan region"),
    "jambyl": lazy_gettext("Jambyl region"),
    "jetisu": lazy_gettext("Jetisu region"),
    "karaganda": lazy_gettext("Karaganda region"),
    "kostanay": lazy_gettext("Kostanay region"),
    "kyzylorda": lazy_gettext("Kyzylorda region"),
    "mangystau": lazy_gettext("Mangystau region"),
    "north_kazakhstan": lazy_gettext("North Kazakhstan region"),
    "pavlodar": lazy_gettext("Pavlodar region"),
    "turkistan": lazy_gettext("Turkistan region"),
    "ulytau": lazy_gettext("Ulytau region"),
    "west_kazakhstan": lazy_gettext("West Kazakhstan region"),
    "astana": lazy_gettext("Astana"),
    "almaty_city": lazy_gettext("Almaty city"),
    "shymkent": lazy_gettext("Shymkent"),
}
