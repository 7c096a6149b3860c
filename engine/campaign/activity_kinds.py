"""The kinds of activities, and which of them decide something."""

KINDS = {
    "site_meeting": "现场会", "three_party": "三方会商", "joint_meeting": "联席会议", "analysis": "研判会",
    "training": "培训", "drill": "演练", "lecture": "讲座", "publicity": "宣传", "round": "督导", "warning": "警示提醒",
}  # fmt: skip
DECIDING = ("site_meeting", "three_party", "joint_meeting", "analysis")
