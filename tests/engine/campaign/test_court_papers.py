"""The application to the court is drawn up from the case, for an order as well as for a penalty."""

import io

import docx
import pytest

from engine.app import App
from engine.campaign import document_approval as life
from engine.campaign import documents
from engine.campaign.court_papers import APPLICATION
from engine.errors import Invalid
from tests.engine.campaign.test_court_cases import HEAD, NUMBER, OFFICER, PAPERS, SIGNED, URGE, Cast, local


@pytest.fixture
def cast(campaign: App) -> Cast:
    return Cast(campaign)


def test_the_application_tells_of_the_case_and_its_number_is_the_one_that_goes_to_the_court(cast: Cast) -> None:
    officer, asked = cast.who(OFFICER), {"type": APPLICATION, "hazard": NUMBER}
    cast.start()
    with pytest.raises(Invalid, match="强制执行催告书》（已送达）"):
        documents.draft(cast.app, asked, viewer=officer)
    cast.paper("u1", "强制执行催告书", URGE, local("2026-09-14 09:00"))
    cast.do("urge", OFFICER, urge_number=URGE)
    cast.do("hear", OFFICER, hear_outcome="unfulfilled", hear_text="没有陈述")
    cast.journey.wind_to(local("2026-10-12 09:00"))

    people = [OFFICER, "officer-emergency-bureau-2"]
    made = documents.draft(cast.app, {**asked, "officers": people}, viewer=officer)
    assert made.body["receiver"] == "区人民法院" and "示例应急现决〔2026〕1号" in made.body["reference"]
    assert made.body["object"] == "停止使用气瓶间" and len(made.body["urged"]) == 2
    cast.refused("还没有批准", number="示例应急强执〔2026〕9号")
    life.submit(cast.app, made.id, viewer=officer)
    number = life.approve(cast.app, made.id, viewer=cast.who(HEAD)).number
    cast.refused(f"请填写它的文号|{number}", number="示例应急强执〔2026〕9号")
    _, content = life.word(cast.app, made.id, viewer=officer)
    text = "\n".join(part.text for part in docx.Document(io.BytesIO(content)).paragraphs)
    assert "特申请强制执行" in text and URGE in text

    asked_for = {"apply_outcome": "apply", "application_number": number, "application_subject": "停止使用"}
    cast.do("apply", OFFICER, **asked_for, **PAPERS)
    cast.do("sign_application", HEAD, **SIGNED)
    assert cast.case().application == number
