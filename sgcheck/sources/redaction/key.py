"""The key that decides what everything is renamed to; who has it can tell a name again, but not read it back."""

from __future__ import annotations

import base64
import hashlib
import secrets
from typing import Final

_SALT: Final = b"sgcheck.redaction/1"
_WORD: Final = 10


class Key:
    """Pseudo-random choices, each for what it is made from: equal keys choose alike."""

    def __init__(self, secret: str | None = None) -> None:
        """`secret` is a passphrase; None stands for a random one that nobody will know.

        A passphrase is stretched with scrypt (RFC 7914), so that guessing it takes longer.
        """
        if secret is None:
            self._key = secrets.token_bytes(32)
        else:
            self._key = hashlib.scrypt(
                secret.encode("utf-8", "surrogatepass"), salt=_SALT, n=1 << 14, r=8, p=1, dklen=32
            )

    def digest(self, purpose: str, data: bytes) -> bytes:
        """32 bytes for `data`; a different `purpose` (at most 16 characters) gives unrelated ones."""
        return hashlib.blake2b(data, key=self._key, person=purpose.encode(), digest_size=32).digest()

    def word(self, purpose: str, text: str) -> str:
        """Ten small letters and digits for `text`."""
        digest = self.digest(purpose, text.encode("utf-8", "surrogatepass"))
        return base64.b32encode(digest).decode()[:_WORD].lower()
