"""Files of a task: who adds, reads and removes them, and what stays of them."""

import shutil

import pytest

from engine.app import App
from engine.bpm import attachments, instances, queries, tasks
from engine.bpm.viewer import Viewer
from engine.errors import Conflict, Invalid, NotAllowed, NotFound, Unavailable
from engine.testing import FakeClock

PDF = b"%PDF-1.7 report"


@pytest.fixture
def task_id(deployed: App) -> str:
    return str(instances.start(deployed, "review", {"level": "一般"}, by="li")["tasks"][0]["id"])


def names(app: App, viewer: Viewer, task_id: str) -> list[str]:
    return [file["name"] for file in queries.task(app, viewer, task_id)["attachments"]]


def test_a_file_is_added_read_and_removed_and_each_leaves_a_trace(
    deployed: App, task_id: str, owner: Viewer, colleague: Viewer
) -> None:
    added = attachments.add(deployed, task_id, PDF, name="报告.jpg", viewer=owner)
    assert (added["media_type"], added["size"], added["author"]) == ("application/pdf", len(PDF), "li")
    assert attachments.read(deployed, task_id, added["id"], viewer=colleague) == (added, PDF)
    assert queries.task(deployed, owner, task_id)["attachments"] == [added]
    with pytest.raises(NotAllowed, match="li"):
        attachments.remove(deployed, task_id, added["id"], viewer=colleague)
    attachments.remove(deployed, task_id, added["id"], viewer=owner)
    assert names(deployed, owner, task_id) == []
    for act in (attachments.read, attachments.remove):
        with pytest.raises(NotFound, match="附件"):
            act(deployed, task_id, added["id"], viewer=owner)
    case = queries.task(deployed, owner, task_id)["instance_id"]
    assert queries.instance(deployed, owner, case)["variables"] == {"level": "一般"}
    traced = [event for event in queries.history(deployed, owner, case).items if event["task_id"] == task_id]
    assert [(event["event"], event["actor"], event["detail"]["name"]) for event in traced[-2:]] == [
        ("attached", "li", "报告.jpg"),
        ("attachment_removed", "li", "报告.jpg"),
    ]


def test_a_stranger_neither_adds_nor_reads_nor_removes(
    deployed: App, task_id: str, owner: Viewer, stranger: Viewer
) -> None:
    file = attachments.add(deployed, task_id, PDF, name="a.pdf", viewer=owner)
    for act in (
        lambda: attachments.add(deployed, task_id, b"not stored", name="b.txt", viewer=stranger),
        lambda: attachments.read(deployed, task_id, file["id"], viewer=stranger),
        lambda: attachments.remove(deployed, task_id, file["id"], viewer=stranger),
    ):
        with pytest.raises(NotFound, match="没有这项任务"):
            act()
    stored = deployed.settings.data_dir / "files"
    assert [path.name for path in stored.rglob("*") if path.is_file()] == [file["sha256"]]


def test_a_file_is_found_under_its_own_task_only(deployed: App, task_id: str, owner: Viewer) -> None:
    file = attachments.add(deployed, task_id, PDF, name="a.pdf", viewer=owner)
    other = instances.start(deployed, "review", {}, by="li")["tasks"][0]["id"]
    with pytest.raises(NotFound, match="附件"):
        attachments.read(deployed, other, file["id"], viewer=owner)


def test_what_was_attached_to_a_done_task_stays_and_nothing_is_added(
    deployed: App, task_id: str, owner: Viewer
) -> None:
    file = attachments.add(deployed, task_id, PDF, name="a.pdf", viewer=owner)
    tasks.complete(deployed, task_id, {}, viewer=owner)
    assert attachments.read(deployed, task_id, file["id"], viewer=owner)[1] == PDF
    with pytest.raises(Conflict, match="完成"):
        attachments.add(deployed, task_id, PDF, name="b.pdf", viewer=owner)
    with pytest.raises(Conflict, match="存档"):
        attachments.remove(deployed, task_id, file["id"], viewer=owner)
    attachments.remove(deployed, task_id, file["id"], viewer=Viewer("root", admin=True))
    assert names(deployed, owner, task_id) == []


def test_a_repeated_upload_is_one_file_and_another_persons_or_name_is_another(
    deployed: App, task_id: str, owner: Viewer, colleague: Viewer
) -> None:
    first = attachments.add(deployed, task_id, PDF, name="a.pdf", viewer=owner)
    assert attachments.add(deployed, task_id, PDF, name="a.pdf", viewer=owner) == first
    attachments.add(deployed, task_id, PDF, name="b.pdf", viewer=owner)
    attachments.add(deployed, task_id, PDF, name="a.pdf", viewer=colleague)
    assert sorted(names(deployed, owner, task_id)) == ["a.pdf", "a.pdf", "b.pdf"]


def test_a_task_has_a_bounded_number_of_files(deployed: App, task_id: str, owner: Viewer) -> None:
    for number in range(attachments.MOST):
        last = attachments.add(deployed, task_id, PDF, name=f"{number}.pdf", viewer=owner)
    with pytest.raises(Conflict, match="50"):
        attachments.add(deployed, task_id, PDF, name="more.pdf", viewer=owner)
    attachments.remove(deployed, task_id, last["id"], viewer=owner)
    attachments.add(deployed, task_id, PDF, name="more.pdf", viewer=owner)


@pytest.mark.parametrize("name", ["", " ", "x" * 201, "a\r\nb.pdf", "gpj.\u202eexe"])
def test_a_name_that_cannot_be_read_is_refused(deployed: App, task_id: str, owner: Viewer, name: str) -> None:
    with pytest.raises(Invalid, match="文件名"):
        attachments.add(deployed, task_id, PDF, name=name, viewer=owner)


def test_a_full_disk_adds_nothing(deployed: App, task_id: str, owner: Viewer) -> None:
    store = deployed.settings.data_dir / "files"
    shutil.rmtree(store, ignore_errors=True)
    store.write_text("in the way")  # where the folder should be: every write fails
    with pytest.raises(Unavailable):
        attachments.add(deployed, task_id, PDF, name="a.pdf", viewer=owner)
    assert names(deployed, owner, task_id) == []


def test_a_file_that_comes_after_the_deadline_finds_the_task_closed(
    deployed: App, clock: FakeClock, owner: Viewer, leader: Viewer
) -> None:
    late = instances.start(deployed, "strict", {}, by="li")["tasks"][0]["id"]
    clock.advance(hours=1)
    with pytest.raises(Conflict, match="时限"):
        attachments.add(deployed, late, PDF, name="a.pdf", viewer=owner)
    assert [task["element"] for task in queries.tasks(deployed, leader).items] == ["escalated"]
