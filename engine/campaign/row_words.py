"""What is told at the rows of an imported ledger, as far as it is the same at each. Only data."""

from engine.said import Said

AREA, SUSPECTED = "社区/网格", "疑似重大"  # as sheets say it
DATE = Said("请填写日期", "write a date")
LATER = Said("这个日期晚于今天，请核对", "this date is after today; check it")
NO_PLACE = Said(
    "场所底册里没有它（或不在您的管辖范围）：请先建档，或导入时选择“自动建立场所”",
    "the register of places does not have it (or not in your area): file it first, or have places created",
)
NO_GRID = Said(
    "场所底册里没有这个单位；要自动建立，请在“社区/网格”列填写它所在的网格",
    f"the register of places does not have it; to have it created, fill in its grid ({AREA})",
)
NO_CODE = Said(
    "请填写隐患代码或名称，或为空白的代码指定一个默认值",
    "write the code or name of the hazard, or give a default for empty codes",
)
NO_BASIS = Said(
    "重大事故隐患要写明判定依据（标准名称和条款）；还没有判定的，等级请写“疑似重大”",
    f"a major hazard needs the basis of its judgement (standard, clause); not judged yet, its level is {SUSPECTED}",
)
NO_UNIT = Said(
    "没有这个单位，请填写已建立的单位名称或编码；由企业自己整改的，与单位名称写得一样或留空",
    "there is no such unit; write name or code of one there is; an enterprise that fixes it itself is left out",
)
TOO_FAR = Said("整改时限离发现日期超过十年，请核对", "the limit is more than ten years after it was found; check it")
NOT_FIXED = Said("既写了没有整改，又有整改完成日期，请核对", "it is not fixed, yet has a date when it was; check it")
NO_DAY = Said("写了已经整改，请填写整改完成（销号）日期", "it is fixed: write when it was (closed)")
CLOSED_LATER = Said("销号时间晚于今天，请核对", "it was closed after today; check it")
CHECKED_LATER = Said("复查时间晚于今天，请核对", "a re-inspection is after today; check it")
FILL = Said("请填写", "fill it in")
