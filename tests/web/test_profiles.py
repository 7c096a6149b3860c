"""The profiles that the browser tests share: no test finds anything of another."""

from tests.web.browser import Profiles
from tests.web.conftest import Site


def test_a_profile_given_back_holds_nothing_of_whoever_had_it(site: Site, profiles: Profiles) -> None:
    used = profiles.take("desk", site.url)
    page = used.new_page()
    page.goto("/icon.svg")
    page.evaluate("localStorage.setItem('kept', '1'); document.cookie = 'kept=1'")
    page.evaluate("new Promise(done => { indexedDB.open('kept').onsuccess = () => done(null) })")
    assert used.cookies() != []
    profiles.give_back("desk", site.url, used)
    again = profiles.take("desk", site.url)
    assert again is used and again.cookies() == [] and len(again.pages) == 1
    page = again.new_page()
    page.goto("/icon.svg")
    assert page.evaluate("localStorage.length") == 0
    assert page.evaluate("indexedDB.databases().then(all => all.length)") == 0
    profiles.give_back("desk", site.url, again)
