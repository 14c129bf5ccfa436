"""The words and patterns by which `disclosure` recognises what could point at a person, in Kazakh, Russian and English.

Data alone: no pattern here is a verdict; `disclosure` decides which of them stop a passage, alone or together.
"""

import re

UPPER, LOWER = "A-ZА-ЯЁӘІҢҒҮҰҚӨҺ", "a-zа-яёәіңғүұқөһ"
_NAME = rf"[{UPPER}][{LOWER}]{{2,}}"
_INITIAL = rf"[{UPPER}]\.\s?"


def _any_case(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


TWELVE_DIGITS = re.compile(r"(?<!\d)\d(?:[ \-]?\d){11}(?!\d)")
INITIALS = re.compile(rf"(?<![\w.])(?:{_INITIAL}(?:{_INITIAL})?{_NAME}|{_NAME}\s{_INITIAL}(?:[{UPPER}]\.)?)(?!\w)")
INITIALS_ALONE = re.compile(rf"(?<![\w.]){_INITIAL}[{UPPER}]\.(?!\w)")
#: A Russian or Kazakh surname with any ending of case, not the first word of a sentence.
SURNAME = re.compile(
    rf"(?<=[{LOWER},] )[{UPPER}][{LOWER}]{{1,24}}(?:[оеё]в|[иы]н|ский|ская|ұлы|қызы|тегі|ov|ev|sky)"
    rf"(?:а|у|ым|е|ой|ы|ых|ым|ға|ге|қа|ке|ты|ті|тың|тің|тан|тен|пен|ның|нің|на|не|a|’s)?(?![{LOWER}])"
)
YEAR_OF_BIRTH = _any_case(
    r"(?:\b(?:19[3-9]|20[01])\d\s?(?:г\.?\s?р\.?|год[а]?\s+рождени\w*|ж\.?\s?т\.?|жыл[ығ]\w*\s+(?:туған|туылған)\w*)"
    r"|\b(?:родил\w+|рожд[её]н\w*|born(?:\s+in)?|туған(?:\s+жылы?)?)\D{0,20}\b(?:19[3-9]|20[01])\d\b)"
)

#: An article of the Criminal Code: one of the laws that the report quotes is told apart by `QUOTED_LAW` behind it.
ARTICLE = _any_case(r"\b(?:стать[а-яё]+|ст\.|article|art\.|бап\w*|баб\w*)\s*\d+|\b\d+[-–]\s?(?:бап\w*|баб\w*|стать\w+)")
QUOTED_LAW = _any_case(
    r"^.{0,28}?(?:УИК|ҚАК|PEC\b|Қылмыстық-атқару|Уголовно-исполнительн|Penal Executive|Конституц|закон|заң|Covenant|Convention)"
)
NATIONALITY = _any_case(
    r"\b(?:гражданин\w*|гражданк\w+|уроженец|уроженк\w+|национальност\w+|азамат(?:ы|ша|ына|ының|ымен)\b|ұлты\b|ұлтынан|"
    r"узбек\w*|таджик\w*|киргиз\w*|кыргыз\w*|русск(?:ий|ая|ого|ой)\b|казах(?:ом|у|а)?\b|уйгур\w*|турок|турк\w+|чечен\w*|"
    r"өзбек\w*|тәжік\w*|қырғыз\w*|ұйғыр\w*|түрік\w*|шешен\w*|"
    r"(?:uzbek|tajik|kyrgyz|uyghur|turkish|chechen|russian|afghan|chinese)\s+(?:national|citizen|man|woman|prisoner)\w*|"
    r"(?:national|citizen)\s+of\s+\w+)"
)
#: One person by citizenship or origin, not a group of them.
ONE_FOREIGNER = _any_case(
    r"\b(?:гражданин(?:а|у|ом)?|гражданк[аиуе]|гражданкой|уроженец|уроженк[аиуе])\s+\w+|"
    r"\b\w{0,24}(?:стан|ия|қытай|ауған)\w*\s+азамат(?:ы|ша|ына|ының|ымен)\b|"
    r"\ban?\s+(?:uzbek|tajik|kyrgyz|uyghur|turkish|chechen|russian|afghan|chinese)\s+(?:national|citizen|man|woman|prisoner)\b|"
    r"\ba\s+(?:national|citizen)\s+of\s+\w+"
)
PERSON_HELD = _any_case(
    r"\b(?:осужд[её]н\w*|заключ[её]нн\w+|содержащ\w+|подозреваем\w+|обвиняем\w+|отбыва\w+|сотталған\w*|күдікті\w*|айыпталушы\w*|"
    r"prisoner\w*|detainee\w*|convict\w*|inmate\w*|serving|held|accused|suspect\w*|sentenced)"
)
TERM = _any_case(
    r"\b\d{1,2}\s*[- ]?\s*(?:год\w*|лет\b|жыл\w*|years?\b)|өмір бойына|пожизненн\w+|for life|life sentence"
)

_ORDINAL = (
    r"(?:перв|втор|треть|четв[её]рт|пят|шест|седьм|восьм|девят|десят)\w{1,3}|\w{2,24}(?:інші|ыншы|нші|ншы)|"
    r"first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth"
)
#: A certain cell, ward or detachment: by number behind it, by an ordinal before it; "12 cells" is a count and no name.
CELL = _any_case(
    r"\b(?:камер\w*|отряд\w*|палат\w*|барак\w*|секци\w+|жасақ\w*|бөлме\w*|карцер\w*)\s*(?:№\s*|N\s*|номер\w*\s+|нөмір\w*\s+)?\d+|"
    r"№\s*\d+\s*(?:-?\s*(?:ші|шы))?\s*(?:камера\w*|палата\w*|жасақ\w*|бөлме\w*)|"
    r"\b\d+\s*[-–]\s*(?:ші|шы|й|я|м|ом|ой|ю)\s+(?:камер\w+|отряд\w*|жасақ\w*|палат\w+|бөлме\w*)|"
    r"\b(?:cell|ward|unit|dormitory|detachment|room)s?\s*(?:no\.?\s*|number\s*|#\s*)?\d+|"
    rf"\b(?:{_ORDINAL})\s+(?:камер\w+|отряд\w*|жасақ\w*|палат\w+|cell|ward|detachment)\b"
)
STATEMENT = _any_case(
    r"\b(?:сообщил\w*|рассказ(?:ал\w*|ывает\w*)|пожаловал\w*|сказал\w*|заявил\w*|утвержда\w+|поведал\w*|пояснил\w*|"
    r"со слов|по словам|айтты\w*|айтқан\w*|айтады|хабарлады|шағымданды|шағым айтты|мәлімдеді|айтуынша|сөзінше|жеткізді|"
    r"told|said|says|stated|complained|reported|alleged|according to (?:him|her|one|a))"
)
TALK = _any_case(
    r"\b(?:бесед\w+|разговор\w*|интервью|опрос\w*|әңгімеле\w+|сұхбат\w*|interview\w*|talk\w*|conversation\w*)"
)
_MONTH = (
    r"январ\w*|феврал\w*|марта?|апрел\w*|ма[йя]|июн\w*|июл\w*|август\w*|сентябр\w*|октябр\w*|ноябр\w*|декабр\w*|"
    r"қаңтар\w*|ақпан\w*|наурыз\w*|сәуір\w*|мамыр\w*|маусым\w*|шілде\w*|тамыз\w*|қыркүйек\w*|қазан\w*|қараша\w*|желтоқсан\w*|"
    r"january|february|(?-i:March)|april|(?-i:May)|june|july|august|september|october|november|december"
)
EXACT_TIME = _any_case(
    r"\b(?:[01]?\d|2[0-3]):[0-5]\d\b|\b(?:в|около|сағат|at|around)\s+(?:[01]?\d|2[0-3])\.[0-5]\d\b(?!\s*(?:м|%|кг))|"
    r"\b\d{1,2}[./]\d{1,2}[./](?:20)?\d\d\b|"
    rf"\b\d{{1,2}}\s+(?:{_MONTH})\b|\b(?:{_MONTH})(?:ның|нің|дың|дің|тың|тің)?\s+\d{{1,2}}(?:\b(?!\d)|-)"
)
QUOTE = re.compile(r"[«“„\"](?P<words>[^«„»”“\"]{12,})[»”\"]")

NUMBER_WORDS = {
    "один": 1, "одна": 1, "одного": 1, "одной": 1, "одному": 1, "одну": 1, "два": 2, "две": 2, "двух": 2, "двум": 2, "двумя": 2,
    "три": 3, "трёх": 3, "трех": 3, "трём": 3, "трем": 3, "тремя": 3, "четыре": 4, "четырёх": 4, "четырех": 4, "четырём": 4,
    "бір": 1, "екі": 2, "үш": 3, "төрт": 4, "біреу": 1, "екеу": 2, "үшеу": 3, "төртеу": 4,
    "one": 1, "two": 2, "three": 3, "four": 4, "single": 1,
}  # fmt: skip
#: Russian collectives count people alone; "трое суток" is three days.
COLLECTIVE = _any_case(
    r"\b(?P<number>двое|двоих|двоим|двоими|трое|троих|троим|четверо|четверых|четверым)\b(?!\s+(?:суток|ворот|ножниц))"
)
_WHO = (
    r"осужд[её]нн\w+|заключ[её]нн\w+|содержащ\w+|женщин\w*|несовершеннолетн\w+|подрост\w+|иностран\w+|человек\w*|лиц\b|"
    r"сотталған\w*|адам\w*|әйел\w*|кәмелетке|шетелдік\w*|жасөспірім\w*|"
    r"prisoners?|persons?|people|women|woman|m[ae]n|minors?|juveniles?|detainees?|foreigners?|boys?|girls?"
)
#: What may not stand between a number and those it counts, because the number then counts something else.
_COUNTS_ELSE = (
    r"\d+|hundred\w*|thousand\w*|million\w*|dozen\w*|жүз\w*|мың\w*|миллион\w*|сот\w*|сотен|тысяч\w*|дюжин\w*|"
    r"час\w*|минут\w*|сут(?:ки|ок|кам)|дн\w+|день|недел\w+|месяц\w*|год\w*|лет|метр\w*|квадратн\w*|литр\w*|раз\w?|процент\w*|"
    r"сағат\w*|күн\w*|апта\w*|ай|айда|айға|жыл\w*|шаршы|рет|пайыз\w*|"
    r"hours?|minutes?|days?|weeks?|months?|years?|metres?|square|times?|per|"
    r"камер\w*|палат\w*|секци\w*|корпус\w*|отряд\w*|блок\w*|этаж\w*|барак\w*|қабат\w*|бөлме\w*|жасақ\w*|орын\w*|мест\w*|кроват\w*|"
    r"төсек\w*|душ\w*|кран\w*|журнал\w*|сотрудник\w*|қызметкер\w*|дәрігер\w*|врач\w*|"
    r"cells?|wards?|rooms?|units?|floors?|beds?|places?|showers?|staff|guards?|doctors?|of\s+twenty|мекеме\w*|учрежден\w*"
)
COUNTED = _any_case(
    rf"(?<![\w,.\-–])(?P<number>\d{{1,2}}|{'|'.join(NUMBER_WORDS)})\s+(?:(?!(?:{_COUNTS_ELSE})\b)[\w-]+\s+){{0,2}}?"
    rf"(?P<who>{_WHO})\b"
)
#: Kazakh counts some of a group behind it: "сотталғандардың екеуі".
COUNTED_AFTER = _any_case(
    r"\b(?:сотталған|адам|әйел|жасөспірім|шетелдік|бала|күдікті)\w*?(?:дардың|дердің|лардың|лердің|тардың|тердің)\s+"
    r"(?:(?:тек|ішінен)\s+)?(?P<number>біреуі|екеуі|үшеуі|төртеуі)\w*"
)
#: "Twenty-", "жиырма ", "сто ": the number word goes on from these.
BIGGER_BEFORE = _any_case(
    r"(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundred(?:\s+and)?|thousand(?:\s+and)?|"
    r"\bон|жиырма|отыз|қырық|елу|алпыс|жетпіс|сексен|тоқсан|жүз|мың|"
    r"\w{1,12}дцат(?:ь|и|ью)|сорок\w?|\w{1,12}десят(?:и|ью)?|девяност[оа]|сто|двести|двухсот|триста|тр[её]хсот|четыреста|\w{1,12}сот|тысяч\w?|"
    r"\d)[\s-]+$"
)
#: "For one person", "per person", "not one person": a measure or nobody, not a count of people.
MEASURE_BEFORE = _any_case(
    r"(?:\bна|\bper|\bfor each|\bfor every|\bкаждого|\bна каждого|әр|әрбір|\bни|\bни с|\bnot|\bno|\bnot a|\bmore than|"
    r"(?:designed|built|meant|intended|room|space|enough)\s+for|\bодин на)\s*$"
)
FOR_ONE = _any_case(r"\bfor\s+(?:one|1)\s+$")
MEASURE_AFTER = _any_case(
    r"^адам(?:ға|ның)\s+(?:\w+\s+)?(?:тиесілі|шаққанда|арналған|келетін|келеді|алаң\w*|орн\w*|орын\w*|норма\w*|үлес\w*|көлем\w*|аудан\w*)"
    r"|^адамға\b|^адамдық\b|^(?:person|человек[аеу]?)\W{1,3}(?:cell|камер)"
)

#: A capitalised word right beside one of these is a place or an act and nobody.
PLACE_AFTER = _any_case(
    r"^[\s»”\"]{1,2}(?:ауыл\w*|аудан\w*|облыс\w*|қала\w*|көше\w*|даңғыл\w*|кент\w*|мекеме\w*|қағидалар\w*|ереже\w*|хаттама\w*|атындағы|"
    r"област\w+|район\w*|region|district|village|street|avenue|city|rules?|protocol|principles)"
)
PLACE_BEFORE = _any_case(
    r"(?:сел[оае]|пос[её]л\w+|улиц\w+|ул\.|проспект\w*|город\w*|г\.|правил\w*|имени|им\.|протокол\w*|the)[\s«“\"]{1,2}$"
)

#: Full stops that end no sentence.
ABBREVIATION = _any_case(r"(?<!\w)(?:[^\W\d_]|ст|пп|гг|др|руб|тг|тб|кв|см|ул|им|art|no|para|mr|ms|dr)\.")
SENTENCE = re.compile(r"[^.!?…\n]+(?:[.!?…]+(?=\s|$|[»”\"])[»”\"]?|\n|$|[.](?=\S)[^.!?…\n]*)*")

PLAIN_LETTERS = str.maketrans({
    "ё": "е", "ә": "а", "ғ": "г", "қ": "к", "ң": "н", "ө": "о", "ұ": "у", "ү": "у", "һ": "х", "і": "и", "й": "и", "ы": "и",
})  # fmt: skip
LATIN_LETTERS = {
    "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "ж": "zh", "з": "z", "и": "i", "к": "k", "л": "l", "м": "m",
    "н": "n", "о": "o", "п": "p", "р": "r", "с": "s", "т": "t", "у": "u", "ф": "f", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh",
    "щ": "shch", "ь": "", "ъ": "", "э": "e", "ю": "yu", "я": "ya",
}  # fmt: skip
