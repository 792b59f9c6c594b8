"""What faculty's pages about people show: one frozen, typed object each."""

from portal.coaching.pages.participant import ParticipantPage, participant_page
from portal.coaching.pages.participants import ParticipantsPage, participants_page

__all__ = ["ParticipantPage", "ParticipantsPage", "participant_page", "participants_page"]
