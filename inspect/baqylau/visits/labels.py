"""The words of visits, in the page's language."""

from flask_babel import lazy_gettext

from baqylau import labels
from baqylau.visits.steps import StepName, StepState, Turn
from baqylau.visits.terms import Ground, VisitKind, VisitState

KINDS = {kind: lazy_gettext(labels.VISIT_KIND[kind.value]) for kind in VisitKind}

STATES = {
    VisitState.PLANNED: lazy_gettext("planned"),
    VisitState.UNDER_WAY: lazy_gettext("under way"),
    VisitState.CONCLUDED: lazy_gettext("concluded"),
    VisitState.CANCELLED: lazy_gettext("cancelled"),
    VisitState.REFUSED: lazy_gettext("access refused"),
}
#: Tone of the badge of a state.
TONES = {
    VisitState.PLANNED: "neutral",
    VisitState.UNDER_WAY: "partly",
    VisitState.CONCLUDED: "good",
    VisitState.CANCELLED: "unseen",
    VisitState.REFUSED: "bad",
}

GROUNDS = {ground: lazy_gettext(labels.GROUND[ground.value]) for ground in Ground}

STEPS = {
    StepName.PLAN: lazy_gettext("Plan"),
    StepName.TEAM: lazy_gettext("Group and sections"),
    StepName.LETTERS: lazy_gettext("Letters"),
    StepName.RECORDING: lazy_gettext("Recording"),
    StepName.FINDINGS: lazy_gettext("Findings"),
    StepName.REPORT: lazy_gettext("Report"),
}
#: What the person whose turn it is does next.
STEPS_TO_DO = {
    StepName.PLAN: lazy_gettext("Choose the checklists"),
    StepName.TEAM: lazy_gettext("Name the group and its leader"),
    StepName.LETTERS: lazy_gettext("Give notice to the head of the place"),
    StepName.RECORDING: lazy_gettext("Begin the visit"),
    StepName.FINDINGS: lazy_gettext("Write the findings"),
    StepName.REPORT: lazy_gettext("Prepare the report"),
}
STEP_STATES = {
    StepState.LATER: lazy_gettext("later"),
    StepState.NEXT: lazy_gettext("to do"),
    StepState.GOES_ON: lazy_gettext("goes on"),
    StepState.DONE: lazy_gettext("done"),
    StepState.DROPPED: lazy_gettext("not needed any more"),
}
STEP_TONES = {
    StepState.LATER: "neutral",
    StepState.NEXT: "partly",
    StepState.GOES_ON: "partly",
    StepState.DONE: "good",
    StepState.DROPPED: "unseen",
}
TURNS = {
    Turn.HEAD: lazy_gettext("chair or coordinator"),
    Turn.LEADER: lazy_gettext("leader of the group"),
    Turn.GROUP: lazy_gettext("every member of the group"),
}

#: What was done, in the history of a visit; acts of other rooms that name a visit too.
ACTS = {
    "visits.plan_visit": lazy_gettext("planned the visit"),
    "visits.edit_plan": lazy_gettext("changed the plan"),
    "visits.set_group": lazy_gettext("named the group"),
    "visits.pin_checklists": lazy_gettext("chose the checklists"),
    "visits.record_notice": lazy_gettext("recorded the notice to the head of the place"),
    "visits.begin_visit": lazy_gettext("began the visit"),
    "visits.conclude_visit": lazy_gettext("concluded the visit"),
    "visits.cancel_visit": lazy_gettext("cancelled the visit"),
    "visits.record_obstruction": lazy_gettext("recorded an obstruction"),
    "visits.protect_name": lazy_gettext("added a protected name"),
    "visits.forget_name": lazy_gettext("took a protected name off the list"),
    "answers.record_batch": lazy_gettext("delivered answers from a tablet"),
    "sync.register_device": lazy_gettext("took the visit along on a tablet"),
    "sync.keep_recovery": lazy_gettext("gave the recovery copy of a tablet into keeping"),
    "sync.end_device": lazy_gettext("took the visit off a tablet"),
    "sync.keep_apart": lazy_gettext("delivered what waits for the chair’s decision"),
    "sync.decide_apart": lazy_gettext("decided on what waited apart"),
    "sync.import_file": lazy_gettext("took in a file from a tablet"),
    "interviews.set_slots": lazy_gettext("set how many sealed notes each tablet holds"),
    "interviews.receive_note": lazy_gettext("delivered sealed notes from a tablet"),
    "interviews.open_notes": lazy_gettext("fetched the sealed notes to read them"),
    "interviews.open_recovery": lazy_gettext("fetched the recovery copies of the tablets’ keys"),
    "interviews.raise_alert": lazy_gettext("alerted the leader of the group"),
    "interviews.follow_up": lazy_gettext("followed up an alert"),
    "reports.write_text": lazy_gettext("wrote the texts of the report"),
    "reports.write_dissent": lazy_gettext("wrote or took back a dissenting opinion"),
    "reports.release_passage": lazy_gettext("released a stopped passage of the report"),
    "reports.mark_ready": lazy_gettext("marked the report as ready"),
}
