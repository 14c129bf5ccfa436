"""Advice on the wording of a recommendation: the ten prompts of double-SMART (APT), and the pattern to begin with; pure.

Advice never blocks: not all ten hold for every recommendation. One action, one addressee, one term, one sign.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from baqylau.checklists.terms import LANGUAGES
from baqylau.findings.rules import GAP, is_written
from baqylau.findings.terms import Cause, Priority, Severity
from baqylau.places.terms import AuthorityLevel


class Prompt(StrEnum):
    """The ten prompts."""

    SPECIFIC = "specific"
    MEASURABLE = "measurable"
    ACHIEVABLE = "achievable"
    RESULTS_ORIENTED = "results_oriented"
    TIME_BOUND = "time_bound"
    SOLUTION_SUGGESTIVE = "solution_suggestive"
    MINDFUL = "mindful"
    ARGUED = "argued"
    ROOT_CAUSE = "root_cause"
    TARGETED = "targeted"


class Lack(StrEnum):
    """What may be missing, under its prompt."""

    VAGUE_VERB = "vague_verb"
    SEVERAL_ACTIONS = "several_actions"
    NO_SIGN = "no_sign"
    BEYOND_ADDRESSEE = "beyond_addressee"
    PROCESS_ONLY = "process_only"
    NO_TERM = "no_term"
    NO_WAY_SHOWN = "no_way_shown"
    URGENT_BUT_LATE = "urgent_but_late"
    NO_FINDING = "no_finding"
    NO_STANDARD = "no_standard"
    NO_CAUSE = "no_cause"
    NO_ADDRESSEE = "no_addressee"


@dataclass(frozen=True)
class Advice:
    """One prompt with what may be missing; `language` and `word` where it is about one text."""

    prompt: Prompt
    lack: Lack
    language: str = ""
    word: str = ""


@dataclass(frozen=True)
class Ground:
    """A finding that a recommendation follows from, as far as the prompts ask about it."""

    severity: Severity | None
    is_urgent: bool
    cause: Cause | None
    has_standards: bool


#: Verbs that name no action when they stand alone, and what says how it is to be done.
_VAGUE = {
    "en": r"\b(?:improv\w+|strengthen\w*|consider\w*|enhanc\w+|optimi[sz]\w+|intensif\w+|pay attention|take (?:all )?(?:the )?"
    r"(?:necessary |appropriate )?(?:measures|steps))\b",
    "ru": r"\b(?:улучш\w+|усил(?:ить|ени\w+)|укреп(?:ить|лени\w+)|рассмотр(?:еть|ени\w+)|соверш[её]нствова\w+|"
    r"активизир\w+|оптимиз\w+|повы(?:сить|шени\w+)|обратить внимание|принять (?:\w+ )?меры)\b",
    "kk": r"\b(?:жақсарт\w+|күшейт\w+|нығайт\w+|қарастыр\w+|жетілдір\w+|арттыр\w+|оңтайландыр\w+|жандандыр\w+|"
    r"назар аудар\w+|шаралар? қабылда\w+)",
}
_BY_MEANS_OF = {
    "en": r"\bby\s+\w+ing\b|\bthrough\b|\bby means of\b",
    "ru": r"\bпут[её]м\b|\bпосредством\b|\bза сч[её]т\b|\bс помощью\b",
    "kk": r"\bарқылы\b|\bкөмегімен\b|\bжолымен\b|\bесебінен\b",
}
#: Work that leaves nothing behind which a person held would feel.
_PROCESS = {
    "en": r"\b(?:analys\w+|stud(?:y|ies|ying)|discuss\w*|examin\w+ the possibility|hold(?:ing)? (?:a )?meetings?)\b",
    "ru": r"\b(?:проанализировать|изучить|обсудить|обсуждени\w+|провести (?:анализ|совещани\w+|изучени\w+))\b",
    "kk": r"\b(?:талдау жасау|талдау жүргіз\w+|зерделе\w+|талқыла\w+|кеңес өткіз\w+|жиналыс өткіз\w+)",
}
#: Words by which a sentence asks for something, and those that join a second action to the first.
_ASKS = {"en": r"\bshould\b", "ru": r"\bрекомендуется\b", "kk": r"\bұсынылады\b"}
_AND_ALSO = {"en": r"\bas well as\b|\band also\b", "ru": r"\bа также\b", "kk": r"\bсондай-ақ\b|\bсонымен қатар\b"}
_SENTENCE_GOES_ON = re.compile(r";\s*\S")
#: A text with fewer words names an aim and no way to it.
_FEWEST_WORDS = 8

#: Causes that somebody above the place has to remove, by the lowest level that can.
_HIGHEST_FIRST = (AuthorityLevel.GOVERNMENT, AuthorityLevel.MINISTRY, AuthorityLevel.COMMITTEE, AuthorityLevel.REGIONAL)
_CAN_CHANGE: Mapping[Cause | None, tuple[AuthorityLevel, ...]] = {
    Cause.LAW: _HIGHEST_FIRST[:2],
    Cause.MONEY: _HIGHEST_FIRST,
}


def double_smart_prompts(
    action: Mapping[str, str],
    sign: Mapping[str, str],
    level: AuthorityLevel | None,
    priority: Priority | None,
    due_on: date | None,
    grounds: Sequence[Ground],
) -> list[Advice]:
    """Return what the ten prompts find missing, in their order; `level` None = no addressee chosen yet.

    Only texts that are written are looked at; an empty recommendation gets the advice on everything else.
    """
    written = {language: action[language] for language in LANGUAGES if is_written(action.get(language, ""))}
    found = [
        *_specific(written),
        *_measurable(sign),
        *_achievable(level, grounds),
        *_results_oriented(written),
        *_time_bound(priority, due_on),
        *_solution_suggestive(written),
        *_mindful(priority, grounds),
        *_argued(grounds),
        *_root_cause(grounds),
        *_targeted(level),
    ]
    order = list(Prompt)
    return sorted(found, key=lambda advice: order.index(advice.prompt))


def _specific(written: Mapping[str, str]) -> Iterator[Advice]:
    for language, text in written.items():
        vague = _search(_VAGUE[language], text)
        if vague and not _search(_BY_MEANS_OF[language], text):
            yield Advice(Prompt.SPECIFIC, Lack.VAGUE_VERB, language, vague)
        asks = len(re.findall(_ASKS[language], text, re.IGNORECASE))
        if asks > 1 or _search(_AND_ALSO[language], text) or _SENTENCE_GOES_ON.search(text):
            yield Advice(Prompt.SPECIFIC, Lack.SEVERAL_ACTIONS, language)


def _measurable(sign: Mapping[str, str]) -> Iterator[Advice]:
    if not any(is_written(text) for text in sign.values()):
        yield Advice(Prompt.MEASURABLE, Lack.NO_SIGN)


def _achievable(level: AuthorityLevel | None, grounds: Iterable[Ground]) -> Iterator[Advice]:
    """A head of a place can change neither the law nor the budget."""
    able = [_CAN_CHANGE[ground.cause] for ground in grounds if ground.cause in _CAN_CHANGE]
    if level is not None and able and all(level not in levels for levels in able):
        yield Advice(Prompt.ACHIEVABLE, Lack.BEYOND_ADDRESSEE)


def _results_oriented(written: Mapping[str, str]) -> Iterator[Advice]:
    for language, text in written.items():
        if process := _search(_PROCESS[language], text):
            yield Advice(Prompt.RESULTS_ORIENTED, Lack.PROCESS_ONLY, language, process)


def _time_bound(priority: Priority | None, due_on: date | None) -> Iterator[Advice]:
    """Any other priority brings its own last day (`rules.due_on`)."""
    if due_on is None and priority in (None, Priority.STRUCTURAL):
        yield Advice(Prompt.TIME_BOUND, Lack.NO_TERM)


def _solution_suggestive(written: Mapping[str, str]) -> Iterator[Advice]:
    for language, text in written.items():
        if len(text.split()) < _FEWEST_WORDS:
            yield Advice(Prompt.SOLUTION_SUGGESTIVE, Lack.NO_WAY_SHOWN, language)


def _mindful(priority: Priority | None, grounds: Iterable[Ground]) -> Iterator[Advice]:
    is_pressing = any(ground.is_urgent or ground.severity is Severity.CRITICAL for ground in grounds)
    if is_pressing and priority in (Priority.MEDIUM, Priority.STRUCTURAL):
        yield Advice(Prompt.MINDFUL, Lack.URGENT_BUT_LATE)


def _argued(grounds: Sequence[Ground]) -> Iterator[Advice]:
    if not grounds:
        yield Advice(Prompt.ARGUED, Lack.NO_FINDING)
    elif not any(ground.has_standards for ground in grounds):
        yield Advice(Prompt.ARGUED, Lack.NO_STANDARD)


def _root_cause(grounds: Sequence[Ground]) -> Iterator[Advice]:
    if grounds and not any(ground.cause for ground in grounds):
        yield Advice(Prompt.ROOT_CAUSE, Lack.NO_CAUSE)


def _targeted(level: AuthorityLevel | None) -> Iterator[Advice]:
    if level is None:
        yield Advice(Prompt.TARGETED, Lack.NO_ADDRESSEE)


def _search(pattern: str, text: str) -> str:
    found = re.search(pattern, text, re.IGNORECASE)
    return found.group() if found else ""


#: Who is asked, by level, in the case that the pattern needs.
_ASKED = {
    "en": {
        AuthorityLevel.FACILITY: "The administration of the place",
        AuthorityLevel.REGIONAL: f"The regional department {GAP}",
        AuthorityLevel.COMMITTEE: "The Penal System Committee",
        AuthorityLevel.MINISTRY: f"The Ministry {GAP}",
        AuthorityLevel.GOVERNMENT: "The Government of the Republic of Kazakhstan",
        AuthorityLevel.PROSECUTOR: f"The prosecutor {GAP}",
    },
    "ru": {
        AuthorityLevel.FACILITY: "Администрации учреждения",
        AuthorityLevel.REGIONAL: f"Департаменту {GAP}",
        AuthorityLevel.COMMITTEE: "Комитету уголовно-исполнительной системы",
        AuthorityLevel.MINISTRY: f"Министерству {GAP}",
        AuthorityLevel.GOVERNMENT: "Правительству Республики Казахстан",
        AuthorityLevel.PROSECUTOR: f"Прокурору {GAP}",
    },
    "kk": {
        AuthorityLevel.FACILITY: "Мекеме әкімшілігіне",
        AuthorityLevel.REGIONAL: f"{GAP} департаментіне",
        AuthorityLevel.COMMITTEE: "Қылмыстық-атқару жүйесі комитетіне",
        AuthorityLevel.MINISTRY: f"{GAP} министрлігіне",
        AuthorityLevel.GOVERNMENT: "Қазақстан Республикасының Үкіметіне",
        AuthorityLevel.PROSECUTOR: f"{GAP} прокурорына",
    },
}
_ACTION = {
    "en": f"{{asked}} should {GAP} by {GAP}, so that {GAP}.",
    "ru": f"{{asked}} рекомендуется до {GAP} обеспечить {GAP}.",
    "kk": f"{{asked}} {GAP} дейін {GAP} қамтамасыз ету ұсынылады.",
}


def action_pattern(language: str, level: AuthorityLevel) -> str:
    """Return the words to begin a recommendation with; `GAP` marks what a person still has to write."""
    return _ACTION[language].format(asked=_ASKED[language][level])


def without_patterns(texts: Mapping[str, str]) -> dict[str, str]:
    """Return the texts that a person has begun: blank ones and patterns that nobody touched are left out."""
    untouched = {language: {action_pattern(language, level) for level in AuthorityLevel} for language in LANGUAGES}
    stripped = {language: texts.get(language, "").strip() for language in LANGUAGES}
    return {language: text for language, text in stripped.items() if text and text not in untouched[language]}
