"""Which role may do which act of the registers; what is not listed is denied. The full table of acts and clauses is
data to come.
"""

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.bpm.viewer import Viewer
from engine.campaign.model import Person, PersonRole
from engine.errors import NotAllowed

STAFF = {"inspector", "clerk", "leader", "principal", "secretary", "officer", "head"}
ACTS: dict[str, tuple[str, set[str]]] = {
    "hazard.register": ("登记隐患", STAFF | {"owner"}),
    "hazard.import": ("导入隐患台账", {"clerk"}),
    "outline.write": ("上传地图轮廓", {"clerk"}),
    "place.import": ("导入场所底册", {"clerk", "secretary"}),
    "visit.import": ("导入巡查、检查记录", {"clerk", "secretary"}),
    "hazard.track": ("设为重点跟踪", {"clerk", "leader", "principal"}),
    "publicity.begin": ("公示拟销号隐患", {"clerk", "leader", "principal"}),
    "publicity.object": ("登记公示异议", STAFF),
    "lawsuit.note": ("登记复议、诉讼", {"clerk", "officer", "head", "leader", "principal"}),
    "deferral.ask": ("申请或结束挂起（暂不具备整改条件）", STAFF | {"owner"}),
    "hazard.void": ("申请作废隐患", {"clerk"}),
    "place.create": ("建立场所档案", {"clerk", "inspector", "secretary"}),
    "visit.create": ("登记走访检查", STAFF),
    "transfer.start": ("发起移交", {"clerk", "leader", "principal", "head"}),
    "report.register": ("登记群众举报", {"clerk"}),
    "people.list": ("查看人员名册", STAFF | {"discipline", "author"}),
    "duty.excuse": ("免予履职", {"clerk", "head", "leader", "principal"}),
    "unit.create": ("建立单位", set()),
    "code.create": ("维护隐患代码表", set()),
    "channels": ("查看通知渠道", set()),
    "calendar.save": ("导入放假安排", set()),
    "person.create": ("建立账号", set()),
    "person.update": ("修改账号、登记证件、办理离岗", set()),
    "unit.update": ("修改单位", set()),
    "deadline.stop": ("中止、恢复和延长时限", {"leader", "principal", "head"}),
    "deadline.shorten": ("缩短时限", {"leader", "principal", "head", "clerk"}),
    "power.grant": ("维护权力清单", set()),
    "place.contacts": ("查看场所的联系电话", STAFF | {"owner"}),
    "place.update": ("修改场所档案", {"clerk", "inspector", "secretary"}),
    "penalty.record": ("登记行政处罚", {"clerk", "officer", "head"}),
    "inspection.request": ("提请行政检查", {"officer", "head", "clerk"}),
    "plan.publish": ("公布检查计划", {"head", "leader", "principal"}),
    "draw.create": ("双随机抽取", {"officer", "head", "clerk"}),
    "document.draft": ("起草文书", STAFF),
    "document.approve": ("审批文书", {"leader", "principal", "head"}),
    "document.issue": ("盖章签发文书", {"leader", "principal", "head", "clerk"}),
    "document.serve": ("送达文书", STAFF),
    "document.void": ("作废文书", {"leader", "principal", "head", "clerk"}),
    "document.archive": ("归档文书", {"clerk", "head"}),
    "sector.name": ("确定行业的分管领导", {"clerk", "leader", "principal"}),
    "plan.write": ("编写三年行动方案", {"clerk", "leader", "principal"}),
    "document.slots": ("设置四单四函", {"leader", "principal", "head"}),
    "document.organs": ("设置机关代字", {"leader", "principal", "head"}),
    "document.template": ("设置文书模板", {"leader", "principal", "head", "clerk"}),
    "crime.start": ("启动行刑衔接", {"officer", "head"}),
    "unit_listing.propose": ("提请单位挂牌督办", {"leader", "principal", "head"}),
    "court.start": ("催告、申请法院强制执行", {"officer", "head"}),
    "notice.readers": ("查看通知阅读情况", STAFF),
    "document.registers": ("查看文号登记簿", {"leader", "principal", "head", "clerk", "officer", "discipline"}),
    "campaign.create": ("办理专项行动", {"clerk", "leader", "principal", "head"}),
    "activity.create": ("登记会议、培训、演练和宣传", STAFF | {"expert", "discipline"}),
    "report.freeze": ("冻结通报数字", {"clerk", "head", "leader", "principal"}),
    "checklist.edit": ("维护检查清单", {"clerk", "leader", "principal", "head"}),
    "checklist.answer": ("填写检查清单", STAFF),
    "proposal.decide": ("处理清单提出的隐患", STAFF),
    "campaign.count": ("把隐患、走访计入专项行动", STAFF),
}
ROLE_NAMES = {
    "admin": "系统管理员", "inspector": "网格员", "clerk": "经办人", "leader": "街道分管领导",
    "principal": "街道主要领导", "secretary": "社区书记",
    "officer": "执法员", "head": "部门负责人", "owner": "企业负责人", "discipline": "纪检人员",
}  # fmt: skip


def require(tx: Session, viewer: Viewer, act: str) -> None:
    """Raise NotAllowed, naming the roles that have the power, unless one of the viewer's roles may do this act."""
    if may(tx, viewer, act):
        return
    title, allowed = ACTS[act]
    who = "、".join(ROLE_NAMES[role] for role in ROLE_NAMES if role in allowed | {"admin"})
    raise NotAllowed(
        f"您没有“{title}”的权限，可以办理的是：{who}。如确需办理，请联系系统管理员。",
        en=f"You may not do this ({act}); allowed: {', '.join(sorted(allowed | {'admin'}))}.",
    )


def may(tx: Session, viewer: Viewer, act: str) -> bool:
    """Whether one of the viewer's roles may do this act."""
    if viewer.admin:
        return True
    roles = select(PersonRole.role).join(Person, Person.name == PersonRole.person)
    held = set(tx.scalars(roles.where(Person.name == viewer.name, Person.active)))
    return bool(held & ACTS[act][1])
