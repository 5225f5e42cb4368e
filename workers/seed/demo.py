"""The whole demonstration at once: pure data, the same for the same seed and day."""

from dataclasses import dataclass
from datetime import date

from workers.seed.cards import HAND_SIZED, SeedListing, generate_listings
from workers.seed.measures import SeedMeasure, generate_measures
from workers.seed.participants import SeedAuthority, SeedParticipant, authorities, generate_participants
from workers.seed.staff import SeedEmployee, generate_staff
from workers.seed.suppliers import SeedSupplier, assistant_of_old, generate_suppliers

SEED = 73
SUPPLIERS = 60
LISTINGS = HAND_SIZED
PARTICIPANTS = 40


@dataclass(frozen=True, slots=True)
class Demo:
    """Everything `make run` loads once; `assistant` is a plain individual who may not register today."""

    suppliers: list[SeedSupplier]
    assistant: SeedSupplier
    listings: list[SeedListing]
    participants: list[SeedParticipant]
    authorities: list[SeedAuthority]
    measures: list[SeedMeasure]
    staff: list[SeedEmployee]


def generate_demo(today: date, *, seed: int = SEED) -> Demo:
    """60 suppliers, 500 listings, 40 participants with their measures, and the staff.

    Only the days of measures depend on `today`: they lie before it.
    """
    suppliers = generate_suppliers(SUPPLIERS, seed=seed)
    participants = generate_participants(PARTICIPANTS, seed=seed)
    return Demo(
        suppliers=suppliers,
        assistant=assistant_of_old(seed=seed),
        listings=list(generate_listings(suppliers, LISTINGS, seed=seed)),
        participants=participants,
        authorities=authorities(),
        measures=generate_measures(participants, seed=seed, today=today),
        staff=generate_staff(seed=seed),
    )
