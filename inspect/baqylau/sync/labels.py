"""The words of sync, in the page's language."""

from flask_babel import lazy_gettext

from baqylau.sync.terms import ApartReason

REASONS = {
    ApartReason.LEFT_COUNCIL: lazy_gettext("has left the council since"),
    ApartReason.LEFT_GROUP: lazy_gettext("is not in the visiting group any more"),
    ApartReason.CONFLICT: lazy_gettext("has declared a conflict of interest with the place since"),
}
