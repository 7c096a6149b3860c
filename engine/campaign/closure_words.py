"""What the closure gate (table D8) says in both languages: its checks, how to pass them, what stands against them."""

from engine.said import Said

UNEXPLAINED = Said("，须说明原因", ": a reason is needed")
NOT_PASSED = Said("最近一次复查不合格或尚未复查", "The last re-inspection failed, or there was none")
NOBODY = Said("最近一次复查没有记录复查人", "The last re-inspection names nobody who did it")
SAME = Said("复查人就是申报整改完成的人", "The re-inspector is the one who said it was fixed")
OWN = Said("复查人是责任单位的人", "The re-inspector belongs to the unit that had to fix it")
ALONE = Said("较大、重大隐患须两人以上复查", "A considerable or major hazard takes two re-inspectors or more")
NO_REPORT = Said("缺验收报告或专家意见", "No acceptance report or expert opinion")
NO_REVIEW = Said("缺有权部门的审核意见", "No review by the department with the power")
GIVEN_ANEW = Said("（须在上次复查不合格之后重新出具）", " (given anew since the failed re-inspection)")
DISAGREED = Said("有权部门不同意销号", "The department with the power does not agree to the closure")
NOT_RESUMED = Said("停产停业、停用之后未经恢复审查", "Stopped, and not reviewed before resuming")
OF_OTHERS = Said("由街道和有关部门办理，尚未办完", "The subdistrict and the departments have not finished it")
PUBLISHED_BEFORE = Said(
    "公示早于最近一次复查，复查合格后须重新公示",
    "Published before the last re-inspection: publish again once it has passed",
)
PUBLICITY: dict[str, str] = {
    "": Said("尚未公示", "Not published"), "公示期满": "",
    "已撤下": Said("公示已撤下，须重新公示", "The publicity was taken down: publish again"),
    "有异议": Said("公示有未答复或成立的异议", "An objection is not answered, or was upheld"),
}  # fmt: skip
DRAWN = Said(
    "整改人可以销号；销号后按 10% 抽取，由他人复核",
    "Whoever fixed it may close it; one in ten is drawn and checked by others",
)

NAMES: tuple[tuple[Said, Said], ...] = (  # each check and how to get what it misses
    (
        Said("整改后照片", "Photos after the fix"),
        Said(
            "到现场按整改前照片的角度重拍上传；照片没有时间或定位的，由复查人说明原因",
            "Take the photos again on site from the same angles; the re-inspector says why one has no time or place",
        ),
    ),
    (
        Said("复查", "Re-inspection"),
        Said(
            "由整改人、责任单位以外的人逐项复查；较大、重大隐患两人以上",
            "Neither who fixed it nor its unit looks at each item; a considerable or major one takes two or more",
        ),
    ),
    (
        Said("五落实", "Five blocks"),
        Said("在隐患页面“五落实”逐项填写并上传凭证", "Fill in the five blocks on the page of the hazard, with proof"),
    ),
    (
        Said("验收评估", "Acceptance"),
        Said(
            "由责任单位提交验收报告，或由专家出具意见",
            "The responsible unit hands in an acceptance report, or an expert an opinion",
        ),
    ),
    (
        Said("部门审核把关", "Review by the department"),
        Said("由有权部门审核同意，并经部门负责人批准", "The department with the power agrees, and its head approves"),
    ),
    (
        Said("措施解除、恢复审查", "Measures lifted, review before resuming"),
        Said(
            "请作出决定的部门解除措施；停产停业、停用的，还要由部门审查同意恢复",
            "The department that decided lifts the measure; what was stopped is also reviewed before it resumes",
        ),
    ),
    (
        Said("公示", "Publicity"),
        Said(
            "在隐患页面发起公示，期满无异议后再销号",
            "Publish on the page of the hazard; close when it has ended without objection",
        ),
    ),
    (Said("答复举报人", "Answer to the reporter"), Said("在群众举报中答复举报人", "Answer under public reports")),
    (
        Said("文书", "Documents"),
        Said("补齐文书的审批、签名、盖章和送达", "Complete approval, signatures, seal and service"),
    ),
    (
        Said("时限和移交", "Limits and transfers"),
        Said(
            "请有关单位答复移交，办结未了的时限，结束挂起",
            "Have the transfers answered, finish the open limits, end the deferral",
        ),
    ),
    (Said("立改抽查", "Draw of what was fixed on the spot"), Said("不用办理", "Nothing to do")),
)
