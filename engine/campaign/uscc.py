"""The unified social credit code (GB 32100-2015): eighteen signs of which the last one checks the others. Pure."""

SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # without I, O, S, V and Z, which are mistaken for digits
LENGTH = 18


def check_sign(body: str) -> str:
    """The eighteenth sign for the first seventeen; raises ValueError for signs that the standard does not know."""
    total = sum(SIGNS.index(sign) * pow(3, place, 31) for place, sign in enumerate(body))
    return SIGNS[-total % 31]


def is_valid(code: str) -> bool:
    """Whether the code has the right length and signs and its last sign fits."""
    return len(code) == LENGTH and set(code) <= set(SIGNS) and check_sign(code[:-1]) == code[-1]
