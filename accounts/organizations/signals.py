"""What others do with an organization's things when its own state changes: a receiver of theirs does it.

A receiver of the first two writes in the sender's transaction, and leaves what takes long to a job.
"""

from django.dispatch import Signal

# `organization`: nothing is done for it from now on. It was suspended, or its deletion was asked for.
organization_stopped = Signal()
# `organization`: what waited meanwhile goes on.
organization_resumed = Signal()
# `organization`: it goes for good. The receiver deletes what is the organization's, in transactions of its
# own, some rows at a time; it is called again, until it comes to its end, when it was interrupted.
organization_erased = Signal()
