from typing import Any

from django.db import models

from accounts.encryption import decrypt, encrypt


class SealedTextField(models.TextField[str, str]):
    """A secret as it is kept: what `seal` made of it. By this class `manage.py rotate_secrets` finds it.

    Nothing is decrypted until somebody asks, so that a row whose key is gone can still be listed.
    """

    def __init__(self, *args: Any, purpose: str, **kwargs: Any) -> None:
        super().__init__(*args, **{"editable": False, **kwargs})
        self.purpose = purpose

    def seal(self, text: str) -> str:
        return encrypt(text.encode(), purpose=self.purpose).decode()

    def reveal(self, sealed: str) -> str:
        """Raises `Undecipherable`."""
        return decrypt(sealed.encode(), purpose=self.purpose).decode()

    def deconstruct(self) -> tuple[str, str, Any, dict[str, Any]]:
        """To migrations it is a text."""
        name, _, args, kwargs = super().deconstruct()
        return name, "django.db.models.TextField", args, kwargs

    def clone(self) -> "SealedTextField":
        _, _, args, kwargs = self.deconstruct()
        return SealedTextField(*args, purpose=self.purpose, **kwargs)

    @classmethod
    def of(cls, model: type[models.Model], name: str) -> "SealedTextField":
        field = model._meta.get_field(name)
        assert isinstance(field, cls)  # noqa: S101 - written in the model
        return field
