"""Stored files by the hash of their content; a file is complete or not there, never half written."""

import hashlib
import os
import tempfile
from pathlib import Path

from engine.errors import Unavailable


class Files:
    """A folder of files named by SHA-256; the same content is stored once."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def save(self, content: bytes) -> str:
        """Store the bytes durably and return their SHA-256 in hex; raises Unavailable when the disk refuses."""
        digest = hashlib.sha256(content).hexdigest()
        target = self.path(digest)
        if target.exists():
            return digest
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            _write(content, target)
        except OSError as error:
            raise Unavailable(
                "文件没有保存成功：磁盘已满或不可写。请联系管理员清理磁盘后重试，您填写的内容没有提交。",
                en="The file was not saved: the disk is full or cannot be written. Nothing was submitted.",
            ) from error
        return digest

    def read(self, digest: str) -> bytes:
        """The bytes stored under this hash."""
        return self.path(digest).read_bytes()

    def path(self, digest: str) -> Path:
        """Where the bytes of this hash lie."""
        return self._root / digest[:2] / digest


def _write(content: bytes, target: Path) -> None:
    """Beside the target first; what a full disk cut off is removed, so that trying again does not fill it further."""
    with tempfile.NamedTemporaryFile(dir=target.parent, delete=False) as part:
        try:
            part.write(content)
            part.flush()
            os.fsync(part.fileno())
            os.replace(part.name, target)
        except OSError:
            os.unlink(part.name)
            raise
