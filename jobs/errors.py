"""What can go wrong with a job itself, apart from what its task raises."""

from codegen_site.errors import Conflict, JobLost, ServiceFault


class BrokerUnavailable(ServiceFault):
    """NATS cannot be reached. Jobs are kept in SQL and published when it is back."""

    code = "broker_unavailable"
    retryable = True
    message = "The message broker cannot be reached."


class BrokerUnsuitable(ServiceFault):
    """A NATS server answers, but it is too old or has no JetStream: an operator has to act."""

    code = "broker_unsuitable"
    message = "The message broker lacks what is needed."


class ClaimLost(Exception):
    """Another worker has taken the job over; whatever this one still does must not be written."""


class JobCancelled(Exception):
    """Somebody asked for the job to be cancelled."""


class JobCrashed(JobLost):
    """The job's workers died, one after the other, while they ran it."""

    message = "The workers that ran this job died, one after the other."


class RetryRefused(Conflict):
    """The job is dead, but running it again would do nothing, or harm."""

    message = "The job cannot be run again."
