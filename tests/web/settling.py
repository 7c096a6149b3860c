"""When a page of a test has read what it shows, asked of the page and not of a clock; holds no test."""

from weakref import WeakKeyDictionary

from playwright.sync_api import Page, Request

TURNS = 1_000  # each at least a frame of the screen: a quarter of a minute
QUIET = """() => new Promise(done => requestAnimationFrame(() => requestIdleCallback(
    () => done(!document.querySelector('.bars, [aria-busy=true]')))))"""
GO = """address => {
    const router = document.querySelector('#app').__vue_app__.config.globalProperties.$router
    const told = failure => failure && failure.type !== 16 ? failure.message : null  // 16: it stands there already
    return router.push(address.slice(router.options.history.base.length)).then(told)
}"""
_under_way: WeakKeyDictionary[Page, set[Request]] = WeakKeyDictionary()


def watch(page: Page) -> None:
    """Keep what the page is waiting for, all but the stream of news, which never ends."""
    pending: set[Request] = set()
    _under_way[page] = pending

    def begun(request: Request) -> None:
        if request.is_navigation_request() and request.frame == page.main_frame:
            pending.clear()  # nobody tells of the end of what the page before it asked for
        if request.resource_type != "eventsource":
            pending.add(request)

    def ended(request: Request) -> None:
        pending.discard(request)

    page.on("request", begun)
    page.on("requestfinished", ended)
    page.on("requestfailed", ended)


def settled(page: Page, *, turns: int = TURNS) -> None:
    """Wait until nothing is under way, nothing is marked as being read and the page has nothing to do, twice in turn:
    what an answer makes the page ask next is asked by then.
    """
    quiet = 0
    for _ in range(turns):
        quiet = quiet + 1 if page.evaluate(QUIET) and not _under_way[page] else 0
        if quiet == 2:
            return
    raise AssertionError(f"{page.url} still reads {[request.url for request in _under_way[page]]}")


def go(page: Page, address: str, *, turns: int = TURNS) -> None:
    """Go to another page of the same application as its links do, without loading the application anew."""
    assert page.evaluate(GO, address) is None, address
    settled(page, turns=turns)
