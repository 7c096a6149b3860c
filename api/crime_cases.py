"""Routes of suspected crimes that a department hands over to the police."""

from typing import Any

from api import auth
from api.blueprint import Blueprint
from api.crime_cases_schemas import CrimeCaseSchema, CrimeQuery, StartCrimeCase
from api.schemas import page_of
from engine.campaign import crime_list

blp = Blueprint("crime_cases", "行刑衔接", "/crime-cases")


@blp.get("")
@blp.query(CrimeQuery)
@blp.answers(page_of(CrimeCaseSchema))
def index(**wanted: Any) -> object:
    """移送公安机关的案件：部门、公安、检察院和街道各看自己的。"""
    return crime_list.list_cases(auth.app(), auth.viewer(), **wanted)


@blp.post("")
@blp.body(StartCrimeCase)
@blp.answers(CrimeCaseSchema, 201)
@blp.header("Idempotency-Key", "同一个键重复提交，得到第一次启动的案件")
def start(**values: Any) -> object:
    """启动行刑衔接（部门）：决策表 D7 符合才启动，否则列出所缺的证据。"""
    key = auth.idempotency_key()
    return crime_list.start(auth.app(), values, viewer=auth.viewer(), key=key)


@blp.get("/<number>")
@blp.answers(CrimeCaseSchema)
def show(number: str) -> object:
    """一件案件和每一步。"""
    return crime_list.show(auth.app(), number, viewer=auth.viewer())
