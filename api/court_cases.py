"""Routes of decisions that a department asks the court to enforce."""

from typing import Any

from api import auth
from api.blueprint import Blueprint
from api.court_cases_schemas import CourtCaseSchema, CourtQuery, StartCourtCase
from api.schemas import page_of
from engine.campaign import court_list

blp = Blueprint("court_cases", "申请法院强制执行", "/court-cases")


@blp.get("")
@blp.query(CourtQuery)
@blp.answers(page_of(CourtCaseSchema))
def index(**wanted: Any) -> object:
    """催告、申请人民法院强制执行的案件：部门、街道看自己的，法院看已经申请的。"""
    return court_list.list_cases(auth.app(), auth.viewer(), **wanted)


@blp.post("")
@blp.body(StartCourtCase)
@blp.answers(CourtCaseSchema, 201)
@blp.header("Idempotency-Key", "同一个键重复提交，得到第一次启动的案件")
def start(**values: Any) -> object:
    """决定过期没有履行，启动催告和申请（只有作出决定的部门；街道请提请该部门）。"""
    return court_list.start(auth.app(), values, viewer=auth.viewer(), key=auth.idempotency_key())


@blp.get("/<number>")
@blp.answers(CourtCaseSchema)
def show(number: str) -> object:
    """一件案件：什么时候可以申请、到什么时候为止，和每一步。"""
    return court_list.show(auth.app(), number, viewer=auth.viewer())
