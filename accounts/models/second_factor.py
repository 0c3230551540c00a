from django.conf import settings
from django.db import models

from accounts.sealed_field import SealedTextField


class SecondFactor(models.Model):
    """What a person proves a login with besides the password: codes of an app, or one of a list, once each.

    In force once `confirmed_at` is set. `last_step` is the time step of the code that was used last.
    """

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True, related_name="second_factor"
    )
    secret = SealedTextField(purpose="second factors")
    recovery_codes = SealedTextField(purpose="recovery codes", blank=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    last_step = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"Second factor of {self.user}"
