"""The e-mails of accounts, which wait for nobody."""

from accounts.login.letters import send_letter
from jobs.retry import Backoff
from jobs.task import task


@task(max_attempts=6, timeout=60, backoff=Backoff(first=10, longest=600))
def send_account_letter(*, sealed: str) -> bool:
    return send_letter(sealed)
