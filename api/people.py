"""Routes of people: accounts with a unit and roles."""

from typing import Any

from api import auth
from api.blueprint import Blueprint
from api.people_schemas import (
    Certify,
    ComeBack,
    CreatePerson,
    HeldSchema,
    Leave,
    OncePasswordSchema,
    PeopleQuery,
    PersonRecordSchema,
    PersonSchema,
    UpdatePerson,
)
from api.schemas import LongPageQuery, RegisterChangeSchema, page_from, page_of
from engine.campaign import leaving, passwords, people, people_register

blp = Blueprint("people", "人员：账号、单位、角色、证件、离岗", "/people")


@blp.get("")
@blp.query(PeopleQuery)
@blp.answers(page_of(PersonRecordSchema))
def index(**wanted: Any) -> object:
    """人员列表，连同证件和任职。"""
    return people_register.list_records(auth.app(), auth.viewer(), **wanted)


@blp.get("/<name>")
@blp.answers(PersonRecordSchema)
def show(name: str) -> object:
    """一个人：账号、证件和任职。"""
    return people_register.show(auth.app(), name, viewer=auth.viewer())


@blp.patch("/<name>")
@blp.body(UpdatePerson)
@blp.answers(PersonRecordSchema)
def update(name: str, revision: int, reason: str, **values: Any) -> object:
    """修改账号（管理员）：带上读到的 revision 和理由，改动留痕。"""
    return people_register.update(auth.app(), name, values, revision=revision, reason=reason, viewer=auth.viewer())


@blp.get("/<name>/changes")
@blp.query(LongPageQuery)
@blp.answers(page_of(RegisterChangeSchema))
def changes(name: str, page: int, size: int) -> object:
    """账号的修改记录（管理员），按先后排列。"""
    return page_from(people_register.changes(auth.app(), name, viewer=auth.viewer()), page, size)


@blp.post("/<name>/certificate")
@blp.body(Certify)
@blp.answers(PersonRecordSchema)
def certify(name: str, revision: int, reason: str, **values: Any) -> object:
    """登记执法证件和有效期（管理员）；证件号留空为注销。"""
    return people_register.certify(auth.app(), name, values, revision=revision, reason=reason, viewer=auth.viewer())


@blp.get("/<name>/held")
@blp.answers(HeldSchema)
def held(name: str) -> object:
    """一个人手上的事：未办任务、履职事项、包保场所，以及离岗后没有人的组（管理员）。"""
    return leaving.held_by(auth.app(), name, viewer=auth.viewer())


@blp.post("/<name>/password")
@blp.body(ComeBack)
@blp.answers(OncePasswordSchema, 201)
def reset_password(name: str, reason: str) -> object:
    """一次性密码（管理员）：只显示这一次，本人登录一次后须自己设定；留痕。"""
    return {"password": passwords.give_once(auth.app(), name, reason=reason, viewer=auth.viewer())}


@blp.post("/<name>/leave")
@blp.body(Leave)
@blp.answers(HeldSchema)
def leave(name: str, **values: Any) -> object:
    """办理离岗（管理员）：停用账号，任务移交给接收人或放回候选组；重复办理接着办完。"""
    return leaving.leave(auth.app(), name, viewer=auth.viewer(), **values)


@blp.post("/<name>/return")
@blp.body(ComeBack)
@blp.answers(PersonRecordSchema)
def come_back(name: str, reason: str) -> object:
    """恢复停用的账号（管理员）。"""
    return leaving.come_back(auth.app(), name, reason=reason, viewer=auth.viewer())


@blp.post("")
@blp.body(CreatePerson)
@blp.answers(PersonSchema, 201)
def create(name: str, **values: Any) -> object:
    """新建账号（管理员）。"""
    return people.create(auth.app(), name, by=auth.viewer(), **values)
