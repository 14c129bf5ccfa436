"""The words of findings and recommendations, in the page's language; the same that reports print (`baqylau.labels`)."""

from flask_babel import lazy_gettext

from baqylau import labels
from baqylau.answers.terms import Flag
from baqylau.checklists.terms import Force, Rating, SourceKind
from baqylau.findings.advice import Lack, Prompt
from baqylau.findings.reading import Show
from baqylau.findings.terms import Cause, DraftState, FindingKind, Priority, Severity
from baqylau.places.terms import AuthorityLevel

KINDS = {
    FindingKind.SHORTCOMING: lazy_gettext("Shortcoming"),
    FindingKind.GOOD_PRACTICE: lazy_gettext("Good practice"),
}
STATES = {
    DraftState.DRAFT: lazy_gettext("draft"),
    DraftState.REVIEWED: lazy_gettext("reviewed"),
    DraftState.APPROVED: lazy_gettext("approved"),
    DraftState.DROPPED: lazy_gettext("dropped"),
}
#: Tone of the badge of a state.
TONES = {
    DraftState.DRAFT: "neutral",
    DraftState.REVIEWED: "partly",
    DraftState.APPROVED: "good",
    DraftState.DROPPED: "unseen",
}
SEVERITIES = {one: lazy_gettext(labels.SEVERITY[one.value]) for one in Severity}
CAUSES = {one: lazy_gettext(labels.CAUSE[one.value]) for one in Cause}
PRIORITIES = {one: lazy_gettext(labels.PRIORITY[one.value]) for one in Priority}
SOURCES = {one: lazy_gettext(labels.SOURCE[one.value]) for one in SourceKind}
FORCES = {one: lazy_gettext(labels.FORCE[one.value]) for one in Force}
LEVELS = {one: lazy_gettext(labels.LEVEL[one.value]) for one in AuthorityLevel}
#: The ratings that say something about a norm.
RATINGS = {one: lazy_gettext(labels.RATING[one.value]) for one in (Rating.MET, Rating.PARTLY, Rating.NOT_MET)}
LANGUAGES = {code: lazy_gettext(name) for code, name in labels.LANGUAGE_NAME.items()}
FLAGS = {
    Flag.URGENT: lazy_gettext("urgent"),
    Flag.CONFIDENTIAL: lazy_gettext("confidential"),
    Flag.GOOD_PRACTICE: lazy_gettext("good practice"),
}
#: Filters of the answers that speak.
SHOWS = {
    Show.ALL: lazy_gettext("All that speak"),
    Show.WAITING: lazy_gettext("Not taken yet"),
    Show.NOT_MET: lazy_gettext("Not met"),
    Show.CONFLICT: lazy_gettext("In conflict"),
    Show.URGENT: lazy_gettext("Urgent"),
    Show.PHOTO: lazy_gettext("With a photo"),
    Show.GOOD_PRACTICE: lazy_gettext("Good practice"),
}
#: What may be missing in the report, by the field's name.
FIELDS = {
    "established": lazy_gettext("what was established"),
    "whereabouts": lazy_gettext("where in the place"),
    "caption": lazy_gettext("caption of a photo"),
    "action": lazy_gettext("what is to be done"),
    "sign": lazy_gettext("sign of fulfilment"),
}
PROMPTS = {
    Prompt.SPECIFIC: lazy_gettext("Specific"),
    Prompt.MEASURABLE: lazy_gettext("Measurable"),
    Prompt.ACHIEVABLE: lazy_gettext("Achievable"),
    Prompt.RESULTS_ORIENTED: lazy_gettext("Results-oriented"),
    Prompt.TIME_BOUND: lazy_gettext("Time-bound"),
    Prompt.SOLUTION_SUGGESTIVE: lazy_gettext("Suggests a solution"),
    Prompt.MINDFUL: lazy_gettext("Mindful of urgency and risk"),
    Prompt.ARGUED: lazy_gettext("Argued"),
    Prompt.ROOT_CAUSE: lazy_gettext("Answers the root cause"),
    Prompt.TARGETED: lazy_gettext("Addressed"),
}
LACKS = {
    Lack.VAGUE_VERB: lazy_gettext("“%(word)s” alone names no action: say what is to be different, or by what means."),
    Lack.SEVERAL_ACTIONS: lazy_gettext("This seems to ask for several things: one recommendation, one action."),
    Lack.NO_SIGN: lazy_gettext("There is no sign by which the next visit sees that it is done."),
    Lack.BEYOND_ADDRESSEE: lazy_gettext("The cause lies in law or funding, which this addressee cannot change."),
    Lack.PROCESS_ONLY: lazy_gettext("“%(word)s” is work on paper: say what people held will notice of it."),
    Lack.NO_TERM: lazy_gettext("There is no day by which it is to be done."),
    Lack.NO_WAY_SHOWN: lazy_gettext("The text is very short: say how it can be done."),
    Lack.URGENT_BUT_LATE: lazy_gettext("A finding under it is urgent or critical, but the term is long."),
    Lack.NO_FINDING: lazy_gettext("No finding is named from which it follows."),
    Lack.NO_STANDARD: lazy_gettext("No finding under it names a standard."),
    Lack.NO_CAUSE: lazy_gettext("No finding under it names a cause, so it may treat the sign and not the root."),
    Lack.NO_ADDRESSEE: lazy_gettext("There is no addressee."),
}
