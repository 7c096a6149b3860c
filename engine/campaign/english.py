"""English words for values that are stored in Chinese, as the sentences of the server use them; what a process's author
or a person named otherwise keeps its name. The pages have their own list for choices (web/shared/locale/values.en.ts):
a word that is in both is the same.
"""

WORDS: dict[str, str] = {
    # deadlines
    "整改": "fix", "治理方案": "remediation plan", "督办": "supervision", "复查": "re-inspection",
    "交办签收": "signing for the assignment", "移交签收": "signing for the transfer",
    "移交答复": "answer to the transfer",
    "协办答复": "answer to the request for help", "延期审批": "decision on more time", "重大判定": "judgement as major",
    "挂起复核": "review of the deferral", "核查": "verification", "答复": "answer",
    # papers
    "交办": "assignment", "移交": "transfer", "协办": "request for help", "查封提请": "request to seal",
    "停用提请": "request to stop use", "停电提请": "request to cut power", "挂牌提请": "request to list",
    "挂牌督办": "listed", "区级督办": "supervision by the district",
    # measures
    "查封": "seal", "扣押": "seizure", "停产停业": "stop of business", "停用": "stop of use", "停止使用": "stop of use",
    "停止供电": "power cut", "停电": "power cut",
    "停止供应民用爆炸物品": "stop of supply of civil explosives",
    # opinions
    "验收报告": "acceptance report", "专家意见": "expert opinion", "恢复审查": "review before resuming",
    "部门审核": "review by the department", "街道审核": "review by the subdistrict",
    # the five blocks
    "措施": "measures", "责任人": "responsible person", "资金": "funds", "时限": "limit", "预案": "plan",
    # deferrals
    "待批准": "to be approved", "待续批": "renewal to be approved", "挂起中": "deferred",
    "逾期未复核": "not reviewed in time", "已结束": "ended",
    # findings
    "同日报告": "same-day report", "临时管控": "temporary control", "拒不整改": "refusal to fix",
    "时限批准": "limit approved", "挂起申请": "deferral asked for", "挂起批准": "deferral approved",
    "时限中止": "clock stopped", "时限恢复": "clock runs on", "另行登记": "registered separately",
    "照片说明": "reason about photos", "延期申请": "more time asked for", "延期答复": "answer about more time",
    "企业自报完成": "the enterprise says it is done",
    # ends
    "已销号": "closed", "已作废": "voided",
}  # fmt: skip


# Limits that are named after a paper: what is to be done with it stands before its number.
ABOUT = {
    "送达": "service of", "申请执行": "application to the court about", "责令整改": "fix ordered by",
    "申请延期": "more time asked for after", "消防复查": "fire re-inspection after",
    "应急复查": "emergency bureau's re-inspection after", "消防责改": "fire order after",
    "保存处理": "decision on what was kept by", "处罚决定": "decision on a penalty in",
    "要求听证": "hearing asked for after", "通知听证": "notice of the hearing by", "缴纳罚款": "payment of the fine of",
    "加处罚款": "surcharge on the fine of", "公示处罚": "publication of the penalty of",
    "延期缴款": "postponed payment by",
    "按日处罚": "daily fines after", "处罚时效": "time to punish in", "答复延期": "answer to more time asked for after",
}  # fmt: skip


def word(value: str) -> str:
    """The English word for a stored value; one that nobody here named keeps its name."""
    for about, en in ABOUT.items():
        if value.startswith(about) and value not in WORDS:
            return f"{en} {value.removeprefix(about).removesuffix('号')}"
    return WORDS.get(value, value)
