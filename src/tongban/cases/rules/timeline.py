"""Which lines of a timeline tell of a moment; every other line says how long what it tells of took."""

# These have no length: something is said, something begins, or the clock notices that a time has passed.
MOMENTS = frozenset(
    {
        "opened",
        "pledged",
        "awaiting",
        "received",
        "begun",
        "to_person",
        "claimed",
        "act_intended",
        "contested",
        "human_asked",
        "review_asked",
        "paused",
        "extended",
        "counted_again",
        "clock_warning",
        "clock_promised",
        "clock_statutory",
        "pause_late",
        "contest_late",
        "granted_anew",
        "review_soon",
        "review_late",
        "pledge_late",
        "ground_revoked",
        "not_begun",
        "withdrawn",
        "case_withdrawn",
        "expired",
    }
)
