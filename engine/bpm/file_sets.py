"""A set of files as an author works on it: diagrams, tables, forms, and the scenarios they are tried with. Pure.

Names are plain (no folders). A set travels as one zip file, which is read within bounds: hostile ones are refused.
"""

import io
import re
import zipfile
import zlib
from collections.abc import Mapping

from engine.errors import Invalid, TooLarge

PROCESS = (".bpmn", ".dmn", ".form")
SCENARIOS = (".yaml", ".yml")
PLAN = "simulation.yaml"  # the simulation plan among the scenarios
MOST_FILES = 200
MOST_TEXT = 3_000_000  # bytes of all files together
_NAME = re.compile(r"[^/\\:\x00-\x1f]{1,100}")
_DATED = (2026, 1, 1, 0, 0, 0)  # the same set is the same zip
Texts = Mapping[str, str]


def checked(files: Texts) -> dict[str, str]:
    """The set, if it is one: plain names of known kinds, not too many, not too large. Raises Invalid, TooLarge."""
    if not 0 < len(files) <= MOST_FILES:
        raise Invalid(f"一组文件应有 1 到 {MOST_FILES} 个。", en=f"A set has 1 to {MOST_FILES} files.")
    wrong = next((name for name in files if not _plain(name)), None)
    if wrong is not None:
        raise Invalid(
            f"文件名“{wrong[:100]}”不能用：应为不带文件夹的 .bpmn、.dmn、.form 或 .yaml 文件名，最长 100 个字。",
            en=f"File name {wrong[:100]!r}: use plain names ending in .bpmn, .dmn, .form or .yaml.",
        )
    if sum(len(text.encode("utf-8", "replace")) for text in files.values()) > MOST_TEXT:
        raise TooLarge("一组文件合计不得超过 3 MB。", en="The files of a set must not exceed 3 MB together.")
    return dict(files)


def for_deployment(files: Texts) -> dict[str, bytes]:
    """What is deployed: everything but the scenarios."""
    return {name: text.encode() for name, text in files.items() if name.lower().endswith(PROCESS)}


def scenarios(files: Texts) -> dict[str, str]:
    """The scenarios and the plan."""
    return {name: text for name, text in files.items() if name.lower().endswith(SCENARIOS)}


def parted(files: Mapping[str, bytes]) -> tuple[dict[str, bytes], dict[str, str]]:
    """What was sent for a deployment: the files, and the scenarios among them as texts. Raises Invalid, TooLarge."""
    found = texts({name: content for name, content in files.items() if name.lower().endswith(SCENARIOS)})
    rest = {name: content for name, content in files.items() if name not in found}
    return rest, checked(found) if found else {}


def texts(files: Mapping[str, bytes]) -> dict[str, str]:
    """Files as texts; what is no UTF-8 is shown with replacement characters."""
    return {name: content.decode("utf-8-sig", "replace") for name, content in files.items()}


def packed(files: Texts) -> bytes:
    """The set as a zip file."""
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(files):
            archive.writestr(zipfile.ZipInfo(name, _DATED), files[name], zipfile.ZIP_DEFLATED)
    return sink.getvalue()


def unpacked(content: bytes) -> dict[str, str]:
    """The set in a zip file; folders in it are dropped from the names, files of other kinds are left out.

    Raises Invalid for what is no zip, is encrypted or has two files of one name; TooLarge beyond the bounds, whatever
    sizes its directory claims.
    """
    found: dict[str, bytes] = {}
    left = MOST_TEXT
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = [one for one in archive.infolist() if one.filename.lower().endswith(PROCESS + SCENARIOS)]
            if len(members) > MOST_FILES:
                raise TooLarge(f"压缩包里最多 {MOST_FILES} 个文件。", en=f"At most {MOST_FILES} files in a zip.")
            for member in members:
                name = member.filename.replace("\\", "/").rpartition("/")[2]
                if name in found:
                    raise Invalid(f"压缩包里有两个“{name[:100]}”。", en=f"The zip holds {name[:100]!r} twice.")
                with archive.open(member) as stream:
                    found[name] = stream.read(left + 1)
                left -= len(found[name])
                if left < 0:
                    raise TooLarge("一组文件合计不得超过 3 MB。", en="The files of a set must not exceed 3 MB.")
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, ValueError) as error:
        raise Invalid(
            "这不是能读的 zip 文件，或者加了密码。请重新导出后再试。", en="This is no readable zip file."
        ) from error
    return checked(texts(found))


def _plain(name: str) -> bool:
    return bool(_NAME.fullmatch(name)) and name.strip() == name and name.lower().endswith(PROCESS + SCENARIOS)
