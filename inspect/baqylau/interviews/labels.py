"""Words for the values of this room."""

from flask_babel import lazy_gettext as _

from baqylau.interviews.terms import Outcome, Sign

SIGNS = {
    Sign.RECONTACT: _("Somebody wishes to be met again"),
    Sign.FEAR: _("Somebody fears harm for having talked"),
    Sign.HARM: _("There are signs of harm already done"),
}

OUTCOMES = {
    Outcome.NO_SIGNS: _("Met again; no signs of reprisals"),
    Outcome.SIGNS_SEEN: _("Met again; signs of reprisals seen"),
    Outcome.NOT_MET: _("Could not be met: moved, released, or access refused"),
}
