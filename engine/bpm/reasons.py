"""An intervention needs a reason: it is kept in the record for good."""

from engine.errors import Invalid, Problem


def require(reason: str) -> None:
    """Raises Invalid for an empty reason."""
    if not reason.strip():
        problem = Problem(field="reason", rule="required", message="请填写原因。", en="A reason is required.")
        raise Invalid("请填写原因，它会写入记录。", en="Give a reason; it is kept in the record.", problems=[problem])
