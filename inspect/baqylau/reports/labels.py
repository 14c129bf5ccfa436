"""The words of reports, in the page's language."""

from flask_babel import lazy_gettext

from baqylau import labels
from baqylau.reports.disclosure import Rule
from baqylau.reports.refusals import RENDERING_TROUBLES
from baqylau.reports.terms import Authenticity, EarlierState, ObstacleKind, ReportState
from baqylau.reports.verify import HASH_UNKNOWN, KEYS_MISSING
from baqylau.signatures.terms import SealReason

LANGUAGES = {code: lazy_gettext(name) for code, name in labels.LANGUAGE_NAME.items()}
EARLIER_STATES = {one: lazy_gettext(labels.EARLIER_STATE[one.value]) for one in EarlierState}

STATES = {
    ReportState.MAKING: lazy_gettext("being made"),
    ReportState.ISSUED: lazy_gettext("issued"),
    ReportState.FAILED: lazy_gettext("could not be made"),
}
#: Tone of the badge of a state.
TONES = {ReportState.MAKING: "partly", ReportState.ISSUED: "good", ReportState.FAILED: "bad"}

FIELDS = {
    "established": lazy_gettext("what was established"),
    "whereabouts": lazy_gettext("where in the place"),
    "caption": lazy_gettext("caption of a photo"),
    "action": lazy_gettext("what is to be done"),
    "sign": lazy_gettext("sign of fulfilment"),
    "summary": lazy_gettext("summary"),
    "reprisal_checks": lazy_gettext("what the next visit will check"),
    "dissent": lazy_gettext("dissenting opinion"),
    "official": lazy_gettext("position of the official"),
    "account": lazy_gettext("what happened"),
}

OBSTACLES = {
    ObstacleKind.VISIT_NOT_OVER: lazy_gettext("The visit is not concluded yet."),
    ObstacleKind.ANSWERS_IN_CONFLICT: lazy_gettext("Two answers stand against each other."),
    ObstacleKind.NO_FINDINGS: lazy_gettext("There are no findings yet."),
    ObstacleKind.FINDING_NOT_APPROVED: lazy_gettext("Findings that are not approved"),
    ObstacleKind.RECOMMENDATION_NOT_APPROVED: lazy_gettext("Recommendations that are not approved"),
    ObstacleKind.TEXT_MISSING: lazy_gettext("Texts that are not written in every language"),
    ObstacleKind.PASSAGE_STOPPED: lazy_gettext("Passages by which somebody could be recognised"),
    ObstacleKind.SEAL_UNUSABLE: lazy_gettext(
        "The seal of this installation cannot be used. The administrator makes one with the command “baqylau keys init”."
    ),
    ObstacleKind.NOT_MARKED_READY: lazy_gettext("Nobody has said yet that the report is ready."),
    ObstacleKind.CHANGED_SINCE_READY: lazy_gettext(
        "Something has changed since the report was marked as ready. Look at it again and mark it anew."
    ),
    ObstacleKind.MARKED_BY_SAME_PERSON: lazy_gettext(
        "You marked this report as ready, so another person has to issue it."
    ),
}

#: Why the lint stops a passage, and what to do about it.
RULES = {
    Rule.PERSON_NAME: (
        lazy_gettext("This looks like a person’s name."),
        lazy_gettext("Say “a person held” or “several persons”, or name the position of an official."),
    ),
    Rule.PROTECTED_NAME: (
        lazy_gettext("This name is on the visit’s list of protected names."),
        lazy_gettext("Take the name out; a sentence that only makes sense with it does not belong into the report."),
    ),
    Rule.IDENTITY_NUMBER: (
        lazy_gettext("This looks like an individual identification number."),
        lazy_gettext("Take the number out."),
    ),
    Rule.PHONE: (lazy_gettext("This looks like a telephone number."), lazy_gettext("Take the number out.")),
    Rule.EMAIL: (lazy_gettext("This looks like an e-mail address."), lazy_gettext("Take the address out.")),
    Rule.INITIALS: (
        lazy_gettext("Initials with a surname, or initials of a person held."),
        lazy_gettext("Take the initials out; say “a person held” instead."),
    ),
    Rule.YEAR_OF_BIRTH: (
        lazy_gettext("A year of birth."),
        lazy_gettext("Leave the year out, or say “a young person”, “an elderly person”."),
    ),
    Rule.ARTICLE_AND_NATIONALITY: (
        lazy_gettext("Article of the sentence together with nationality."),
        lazy_gettext("Leave one of the two out: together they point at one person on the roll."),
    ),
    Rule.ARTICLE_AND_TERM: (
        lazy_gettext("Article of the sentence together with its length."),
        lazy_gettext("Leave one of the two out: together they point at one person on the roll."),
    ),
    Rule.NATIONALITY_AND_STATEMENT: (
        lazy_gettext("What one person said, together with that person’s nationality."),
        lazy_gettext("Say what was told without the nationality, or speak of foreigners in general."),
    ),
    Rule.CELL_AND_STATEMENT: (
        lazy_gettext("What somebody said, together with a certain cell, ward or detachment."),
        lazy_gettext("Leave the cell out, or move what was seen there into a sentence of its own."),
    ),
    Rule.TIME_OF_STATEMENT: (
        lazy_gettext("A talk or a statement together with its day or hour."),
        lazy_gettext("Say the month, or leave the time out: the administration knows who was called out when."),
    ),
    Rule.VERBATIM_QUOTE: (
        lazy_gettext("A person’s own words."),
        lazy_gettext("Tell it in words of your own: a way of speaking can be recognised."),
    ),
    Rule.SMALL_COUNT: (
        lazy_gettext("A very small number of persons."),
        lazy_gettext("Say “several” or “fewer than five”, unless the number comes from a document."),
    ),
}

AUTHENTICITY = {
    Authenticity.CURRENT: lazy_gettext("Genuine and current"),
    Authenticity.SUPERSEDED: lazy_gettext("Genuine, but replaced by a newer version"),
    Authenticity.NOT_OURS: lazy_gettext("Not issued here, or changed since"),
    Authenticity.UNREADABLE: lazy_gettext("This could not be read as a sealed report"),
}
AUTHENTICITY_TONES = {
    Authenticity.CURRENT: "good",
    Authenticity.SUPERSEDED: "partly",
    Authenticity.NOT_OURS: "bad",
    Authenticity.UNREADABLE: "neutral",
}
#: What a verdict that is not good rests on; `{reason: sentence}`.
REASONS = {
    SealReason.DIGEST_OR_SIGNATURE_WRONG.value: lazy_gettext(
        "The file has changed since it was sealed. Do not rely on it; ask the council for the original."
    ),
    SealReason.BYTES_ADDED.value: lazy_gettext(
        "Something was added to the file after it was sealed. Do not rely on it; ask the council for the original."
    ),
    SealReason.SEAL_ALTERED.value: lazy_gettext(
        "The seal in the file was altered. Do not rely on it; ask the council for the original."
    ),
    SealReason.NO_SIGNATURE.value: lazy_gettext(
        "The file bears no seal. Reports of this installation always do, also as a copy; a printed and scanned page "
        "loses it: check its number and hash instead."
    ),
    SealReason.OTHER_SIGNATURE.value: lazy_gettext("The file bears a signature, but not a seal of this installation."),
    SealReason.SIGNER_NOT_TRUSTED.value: lazy_gettext("The file was sealed by somebody else."),
    SealReason.CERTIFICATE_NOT_VALID_THEN.value: lazy_gettext(
        "The file was sealed with a certificate that was not valid at that time."
    ),
    SealReason.TOO_LARGE.value: lazy_gettext("The file is larger than any report of ours."),
    SealReason.NOT_A_PDF.value: lazy_gettext("This is not a PDF. Choose the file that you received."),
    SealReason.ENCRYPTED.value: lazy_gettext("The file asks for a password; our reports never do."),
    SealReason.DAMAGED.value: lazy_gettext("The file is torn or incomplete. Download it again, then check once more."),
    SealReason.SIGNATURE_NOT_UNDERSTOOD.value: lazy_gettext(
        "The file bears a signature of a kind that is not checked here, and no seal of ours."
    ),
    HASH_UNKNOWN: lazy_gettext(
        "No report of this number, version and hash, and no such file, was issued here. Look whether every digit is right."
    ),
    KEYS_MISSING: lazy_gettext("This installation has no seal yet, so it cannot check files."),
}

#: What became of a job that failed, by its code.
TROUBLES = {code: lazy_gettext(words) for code, words in RENDERING_TROUBLES.items()} | {
    "reports.seal_unusable": lazy_gettext(
        "The seal of this installation cannot be used. Nothing was issued; tell the administrator, then try again."
    ),
}
TROUBLE = lazy_gettext("Something went wrong while the report was being made. Nothing was issued; try again.")
